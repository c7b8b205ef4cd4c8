#include "lab/scenario/scenario.h"

namespace bouncelab
{

template const FieldTable& field::TableOf<scenario::Scenario>();
template const FieldTable& field::TableOf<host::StackProfile>();
template const FieldTable& field::TableOf<mail::MtaPersona>();
template const FieldTable& field::TableOf<smtp::ServerPersona>();
template const FieldTable& field::TableOf<connector::ReceiveConnectorConfig>();
template const FieldTable& field::TableOf<connector::FilterConfig>();
template const FieldTable& field::TableOf<dns::BlacklistPolicy>();
template const FieldTable& field::TableOf<kerberos::KerberosPersona>();

} // namespace bouncelab
