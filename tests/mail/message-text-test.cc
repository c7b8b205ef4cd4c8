#include "models/mail/message-text.h"
#include "tests/mail/queue-driver.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

mail::MessageDraft
Draft(std::size_t bytes, std::uint64_t seed)
{
    mail::MessageDraft draft;
    draft.from = "sales@livedoor.cn";
    draft.to = "odd name@example.jp";
    draft.fromHost = "desk7";
    draft.fromAddress = *Ipv4::Parse("10.4.1.27");
    draft.byHost = "livedoor.cn";
    draft.bytes = bytes;
    draft.seed = seed;
    return draft;
}

} // namespace

BOOST_AUTO_TEST_SUITE(message_text)

BOOST_AUTO_TEST_CASE(dates_are_those_of_the_hosts_clock)
{
    HostClock clock = MailHostClock();
    clock.offset = std::chrono::seconds(91);
    BOOST_TEST(mail::Rfc5322Date(clock, At(0)) == "Tue, 26 Sep 2006 14:46:23 +0800");
    BOOST_TEST(mail::QmailDate(clock, At(0)) == "26 Sep 2006 06:46:23 -0000");
    clock.zoneSeconds = -12600;
    BOOST_TEST(mail::Rfc5322Date(clock, At(0)) == "Tue, 26 Sep 2006 03:16:23 -0330");
    const HostClock leap{Reading(951782400LL * SECOND), {}, Nanoseconds(1), 0};
    BOOST_TEST(mail::Rfc5322Date(leap, At(0)) == "Tue, 29 Feb 2000 00:00:00 +0000");
    const HostClock before{Reading(-1 * SECOND), {}, Nanoseconds(1), 0};
    BOOST_TEST(mail::Rfc5322Date(before, At(0)) == "Wed, 31 Dec 1969 23:59:59 +0000");
}

BOOST_AUTO_TEST_CASE(a_message_has_the_size_that_was_asked_for_and_short_lines)
{
    for (std::size_t bytes = 500; bytes < 3000; bytes += 13)
    {
        const std::string text = *mail::ComposeMessage(Draft(bytes, bytes), MailHostClock(), {});
        BOOST_TEST(text.size() == std::max<std::size_t>(bytes, text.find("\n\n") + 2));
        BOOST_TEST(text.back() == '\n');
        for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
        {
            BOOST_TEST(text.find('\n', at) - at <= 78);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_header_has_the_fields_and_names_its_message)
{
    const std::string text = *mail::ComposeMessage(Draft(900, 5), MailHostClock(), {});
    BOOST_TEST(text.find("Received: from unknown (HELO desk7) (10.4.1.27)\n  by livedoor.cn with "
                         "SMTP; 26 Sep 2006 06:44:52 -0000\n") == 0);
    BOOST_TEST(text.find("\nTo: \"odd name\"@example.jp\n") != std::string::npos);
    const std::string_view id = mail::MessageIdOf(text);
    BOOST_TEST(id.size() == 24);
    BOOST_TEST(text.find("\nMessage-ID: " + std::string(id) + "\n") != std::string::npos);
    BOOST_TEST(*mail::ComposeMessage(Draft(900, 5), MailHostClock(), {}) == text);
    BOOST_TEST(mail::MessageIdOf(*mail::ComposeMessage(Draft(900, 6), MailHostClock(), {})) != id);
    BOOST_TEST(mail::MessageIdOf("Subject: x\n\nMessage-ID: <in the body>\n") == "");
    BOOST_TEST(mail::MessageIdOf("message-id:<a@b>") == "<a@b>");
    BOOST_TEST(mail::MessageIdOf("Message-ID: >x<\n") == "");
}

BOOST_AUTO_TEST_CASE(a_body_that_is_given_comes_first_and_says_when_it_is_eight_bit)
{
    mail::MessageDraft draft = Draft(900, 5);
    draft.body = ".\nline\n";
    const std::string plain = *mail::ComposeMessage(draft, MailHostClock(), {});
    BOOST_TEST(plain.find("charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\n.\nline\n") !=
               std::string::npos);
    BOOST_TEST(plain.size() == 900);
    draft.body = "Gr\xC3\xBC\xC3\x9F"
                 "e\n";
    draft.bytes = 400;
    const std::string accents = *mail::ComposeMessage(draft, MailHostClock(), {});
    BOOST_TEST(accents.find("charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + draft.body) !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(line_ends_are_turned_both_ways)
{
    BOOST_TEST(mail::WithNetworkLineEnds("a\n.\nb") == "a\r\n.\r\nb");
    BOOST_TEST(mail::WithDiskLineEnds("a\r\nb\rc\r\r\n\r") == "a\nb\rc\r\n\r");
}

BOOST_AUTO_TEST_CASE(local_parts_are_quoted_when_they_have_to_be)
{
    BOOST_TEST(mail::QuoteAddress("a.b+c@example.org") == "a.b+c@example.org");
    BOOST_TEST(mail::QuoteAddress("a..b@example.org") == "\"a..b\"@example.org");
    BOOST_TEST(mail::QuoteAddress("a\"b\\@example.org") == "\"a\\\"b\\\\\"@example.org");
    BOOST_TEST(mail::QuoteAddress("") == "");
    BOOST_TEST(mail::QuoteAddress("MAILER-DAEMON") == "MAILER-DAEMON");
}

BOOST_AUTO_TEST_SUITE_END()
