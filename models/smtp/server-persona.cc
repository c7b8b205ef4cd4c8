#include "models/smtp/server-persona.h"

#include "models/smtp/reply.h"
#include "models/smtp/text-template.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace bouncelab::smtp
{

namespace
{

constexpr std::array<std::pair<std::string_view, ReplyWord>, 18> WORDS{{
    {"hostname", ReplyWord::Hostname},
    {"domain", ReplyWord::Domain},
    {"client", ReplyWord::Client},
    {"server", ReplyWord::Server},
    {"helo", ReplyWord::Helo},
    {"address", ReplyWord::Address},
    {"null-or-address", ReplyWord::NullOrAddress},
    {"recipients", ReplyWord::Recipients},
    {"size", ReplyWord::Size},
    {"max-size", ReplyWord::MaxSize},
    {"verb", ReplyWord::Verb},
    {"argument", ReplyWord::Argument},
    {"session", ReplyWord::Session},
    {"message", ReplyWord::Message},
    {"message-id", ReplyWord::MessageId},
    {"chunk", ReplyWord::Chunk},
    {"user", ReplyWord::User},
    {"date", ReplyWord::Date},
}};

/// Replies that may say yes.
constexpr std::array<std::string_view, 16> MAY_BE_POSITIVE{"greeting",
                                                           "helo",
                                                           "ehlo",
                                                           "mail",
                                                           "rcpt",
                                                           "message",
                                                           "expn",
                                                           "etrn",
                                                           "chunk",
                                                           "start-tls",
                                                           "authenticated",
                                                           "rset",
                                                           "noop",
                                                           "vrfy",
                                                           "help",
                                                           "quit"};

void
CheckWords(std::string_view key, std::string_view text, std::vector<std::string>& faults)
{
    std::string ignored;
    ExpandTemplate(ignored,
                   text,
                   [&](std::string&, std::string_view word)
                   {
                       if (!FindReplyWord(word))
                       {
                           faults.push_back(fmt::format("{}: unknown word {{{}}}", key, word));
                       }
                       return true;
                   });
}

/// Replies that say "go on", and nothing else but no.
constexpr std::array<std::string_view, 6> INTERMEDIATE{"data",
                                                       "auth-login",
                                                       "auth-password",
                                                       "auth-plain",
                                                       "auth-ntlm",
                                                       "auth-gssapi"};

void
CheckKeywords(std::string_view key,
              const std::vector<std::string>& keywords,
              std::vector<std::string>& faults)
{
    for (const std::string& keyword : keywords)
    {
        CheckWords(key, keyword, faults);
        if (keyword.empty() || keyword.find_first_of("\r\n") != std::string::npos)
        {
            faults.push_back(fmt::format("{}: expected one line each, not empty", key));
        }
    }
}

void
CheckReply(std::string_view key, const std::string& text, std::vector<std::string>& faults)
{
    const std::string name = fmt::format("replies.{}", key);
    if (text.empty() && key == "timeout")
    {
        return;
    }
    if (!CheckReplyText(name, text, faults))
    {
        return;
    }
    const std::uint32_t code = SplitReply(text)->code;
    const ReplyClass found = ClassOf(code);
    bool fits = found == ReplyClass::Transient || found == ReplyClass::Permanent;
    for (const std::string_view positive : MAY_BE_POSITIVE)
    {
        fits |= positive == key && found == ReplyClass::Positive;
    }
    for (const std::string_view intermediate : INTERMEDIATE)
    {
        fits |= intermediate == key && found == ReplyClass::Intermediate;
    }
    if (!fits)
    {
        faults.push_back(fmt::format("{}: code {} cannot answer this", name, code));
    }
}

} // namespace

std::optional<ReplyWord>
FindReplyWord(std::string_view word)
{
    for (const auto& [name, value] : WORDS)
    {
        if (name == word)
        {
            return value;
        }
    }
    return std::nullopt;
}

bool
CheckReplyText(std::string_view key, std::string_view text, std::vector<std::string>& faults)
{
    if (!SplitReply(text))
    {
        faults.push_back(
            fmt::format("{}: found \"{}\", expected a code 200..559, a space and text", key, text));
        return false;
    }
    CheckWords(key, text, faults);
    return true;
}

std::vector<std::string>
CheckServerPersona(const ServerPersona& persona)
{
    std::vector<std::string> faults;
    ServerReplies replies = persona.replies;
    const FieldValue table = ValueOf(replies);
    for (const FieldEntry& field : table.type->table().fields)
    {
        CheckReply(field.key, table[field].As<std::string>(), faults);
    }
    CheckKeywords("keywords", persona.keywords, faults);
    CheckKeywords("keywords-in-tls", persona.keywordsInTls, faults);
    for (const auto& [verb, reply] : persona.verbReplies)
    {
        CheckReplyText(fmt::format("verb-replies.{}", verb), reply, faults);
    }
    CheckTlsPersona("tls", persona.tls, faults);
    CheckWords("tls.common-name", persona.tls.commonName, faults);
    return faults;
}

} // namespace bouncelab::smtp
