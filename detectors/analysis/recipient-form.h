#ifndef BOUNCELAB_DETECTORS_ANALYSIS_RECIPIENT_FORM_H
#define BOUNCELAB_DETECTORS_ANALYSIS_RECIPIENT_FORM_H

#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/// How a recipient is written, where the writing itself asks a server to route (fact F75).
enum class RecipientForm
{
    Plain,       //!< "user@domain"
    Percent,     //!< "user%domain", with or without "@server" behind it
    Bang,        //!< "domain!user", ditto
    Quoted,      //!< "\"user@domain\"", ditto
    SourceRoute, //!< "@server:user@domain"
    DoubleAt,    //!< "user@domain@server"
};

/// A recipient and where its mail would go if the server routed as the form asks.
struct RecipientRoute
{
    RecipientForm form = RecipientForm::Plain;
    std::string target; //!< "user@domain"
};

/// \param mailbox in lower case, without angle brackets.
RecipientRoute RouteOf(std::string_view mailbox);

/// "percent sign", for sentences.
std::string_view NameOf(RecipientForm form);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_RECIPIENT_FORM_H
