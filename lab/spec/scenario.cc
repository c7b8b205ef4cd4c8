#include "lab/spec/scenario.h"

namespace bouncelab
{

template const FieldType& TypeOf<spec::Scenario>();
template const FieldType& TypeOf<host::StackProfile>();
template const FieldType& TypeOf<mail::MtaPersona>();
template const FieldType& TypeOf<smtp::ServerPersona>();
template const FieldType& TypeOf<connector::ReceiveConnectorConfig>();
template const FieldType& TypeOf<connector::FilterConfig>();

} // namespace bouncelab
