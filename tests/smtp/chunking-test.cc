#include "tests/smtp/dialog.h"
#include "tests/smtp/server-fixture.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

namespace
{

ServerPersona
Chunking()
{
    ServerPersona persona;
    persona.keywords = {"PIPELINING", "8BITMIME", "BINARYMIME", "CHUNKING", "DSN"};
    persona.limits.messageSize = 1000;
    return persona;
}

struct AtBdat : Server
{
    explicit AtBdat(ServerPersona p = Chunking())
        : Server(std::move(p))
    {
        Start();
        Hear("EHLO c\r\n");
        Hear("MAIL FROM:<a@b.c>\r\nRCPT TO:<b@example.org>\r\n");
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(chunking)

BOOST_AUTO_TEST_CASE(ChunksMakeAMessageInAnyPieces)
{
    const std::string dialog = std::string("BDAT 5\r\nab\r\n.BDAT 0\r\nBDAT 3\r\n\r\n") + '\0' +
                               "BDAT 3 LAST\r\n.\r\nNOOP\r\n";
    for (std::size_t step = 1; step <= dialog.size(); ++step)
    {
        AtBdat s;
        std::string out;
        for (std::size_t at = 0; at < dialog.size(); at += step)
        {
            out += s.Hear(std::string_view(dialog).substr(at, step));
        }
        BOOST_TEST(out == "250 2.0.0 5 octets received\r\n250 2.0.0 0 octets received\r\n"
                          "250 2.0.0 3 octets received\r\n250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n");
        BOOST_TEST(s.recorder.messages.at(0).content == std::string("ab\r\n.\r\n\0.\r\n", 11));
        BOOST_TEST(s.recorder.violations.empty());
    }
}

BOOST_AUTO_TEST_CASE(OrderIsKept)
{
    AtBdat s;
    s.Hear("BDAT 1\r\nx");
    BOOST_TEST(s.Hear("DATA\r\n") == "503 5.5.1 Error: BDAT goes on with BDAT\r\n");
    BOOST_TEST(s.Hear("RCPT TO:<c@example.org>\r\n").substr(0, 3) == "503");
    BOOST_TEST(s.Hear("RSET\r\n").substr(0, 3) == "250");
    // Octets of a chunk that is refused are read all the same, and never as commands.
    BOOST_TEST(s.Hear("BDAT 6 LAST\r\nQUIT\r\n") == "503 5.5.1 Error: need MAIL command\r\n");
    BOOST_TEST(!s.session.WantsClose());
    BOOST_TEST(s.Hear("MAIL FROM:<a@b.c> BODY=BINARYMIME\r\n").substr(0, 3) == "250");
    BOOST_TEST(s.Hear("RCPT TO:<b@example.org>\r\n").substr(0, 3) == "250");
    BOOST_TEST(s.Hear("DATA\r\n") == "503 5.5.1 Error: BINARYMIME needs BDAT\r\n");
    BOOST_TEST(s.recorder.messages.empty());
}

BOOST_AUTO_TEST_CASE(LiesAboutTheSize)
{
    for (const char* bad : {"BDAT\r\n",
                            "BDAT -1\r\n",
                            "BDAT x LAST\r\n",
                            "BDAT 5 FIRST\r\n",
                            "BDAT 99999999999999999999 LAST\r\n",
                            "BDAT 18446744073709551616\r\n"})
    {
        AtBdat s;
        BOOST_TEST(s.Hear(bad).substr(0, 3) == "501", bad);
    }
    AtBdat huge;
    BOOST_TEST(huge.Hear("BDAT 18446744073709551615 LAST\r\n") == "");
    for (int i = 0; i < 2000; ++i)
    {
        BOOST_TEST(huge.Hear(std::string(10000, 'x')) == "");
        BOOST_TEST(huge.session.Unread() == 0u);
    }
    huge.session.PeerClosed(Ms(2), false);
    BOOST_TEST(huge.recorder.violations.back() == "closed-in-transaction");
    BOOST_TEST(huge.recorder.messages.empty());

    AtBdat big;
    BOOST_TEST(big.Hear("BDAT 1001\r\n" + std::string(1001, 'x')).substr(0, 3) == "552");
    BOOST_TEST(big.Hear("BDAT 1 LAST\r\nx").substr(0, 3) == "503");
    AtBdat sum;
    sum.Hear("BDAT 600\r\n" + std::string(600, 'x'));
    BOOST_TEST(sum.Hear("BDAT 600 LAST\r\n" + std::string(600, 'x')).substr(0, 3) == "552");
    BOOST_TEST(sum.recorder.messages.empty());

    AtBdat short_;
    short_.persona.timeouts.content = Ms(1000);
    short_.Hear("BDAT 10 LAST\r\nabc");
    short_.session.Tick(Ms(1001));
    BOOST_TEST(short_.session.TakeOutput().substr(0, 3) == "421");
    Server closed;
    closed.Start();
    closed.Hear("EHLO c\r\n");
    BOOST_TEST(closed.Hear("BDAT 1 LAST\r\n").substr(0, 3) == "500");
}

BOOST_AUTO_TEST_CASE(AClientSendsChunksWhereTheyAreOffered)
{
    const std::string content =
        "Subject: x\r\n\r\n.dot\r\n" + std::string("\0\n", 2) + std::string(300, 'x');
    for (const std::uint32_t size : {7u, 100u, 100000u})
    {
        for (const bool offered : {true, false})
        {
            ClientPersona client;
            client.chunking = true;
            client.chunkSize = size;
            ServerPersona server = offered ? Chunking() : ServerPersona();
            ServerPolicy policy;
            Dialog dialog(client, server, policy, SmallMail(content));
            dialog.Run();
            BOOST_TEST((dialog.told.results.at(0).message.outcome == TransactionOutcome::Accepted));
            BOOST_TEST(dialog.heard.messages.at(0).content == content + (offered ? "" : "\r\n"));
            BOOST_TEST((dialog.Sent(true).find("BODY=BINARYMIME") != std::string::npos) == offered);
            BOOST_TEST((dialog.Sent(true).find("BDAT ") != std::string::npos) == offered);
        }
    }
    ClientPersona converts;
    converts.chunking = true;
    converts.lineEnds = ContentLineEnds::Convert;
    ServerPersona server = Chunking();
    ServerPolicy all;
    Dialog queued(converts, server, all, SmallMail("Subject: x\n\n.dot\r\n\nend\n"));
    queued.Run();
    BOOST_TEST(queued.heard.messages.at(0).content == "Subject: x\r\n\r\n.dot\r\n\r\nend\r\n");
    BOOST_TEST(queued.Sent(true).find("BINARYMIME") == std::string::npos);

    ClientPersona client;
    client.chunking = true;
    ServerPersona small = Chunking();
    small.limits.messageSize = 10;
    ServerPolicy policy;
    Dialog refused(client, small, policy, SmallMail());
    refused.Run();
    BOOST_TEST((refused.told.results.at(0).message.outcome == TransactionOutcome::Failed));
    BOOST_TEST(refused.told.results.at(0).message.code == 552u);
}

BOOST_AUTO_TEST_CASE(DsnParametersGoOutAndAreKept)
{
    Transaction mail = SmallMail();
    mail.dsn = {"QQ314159", "HDRS", {{"SUCCESS,DELAY", "rfc822;b@example.org"}}};
    ServerPolicy policy;
    Dialog dialog(ClientPersona(), Chunking(), policy, mail);
    dialog.Run();
    const Envelope& envelope = dialog.heard.messages.at(0).envelope;
    BOOST_TEST(FindParameter(envelope.sender.parameters, "ENVID")->value == "QQ314159");
    BOOST_TEST(FindParameter(envelope.sender.parameters, "RET")->value == "HDRS");
    const Parameters& recipient = envelope.recipients.at(0).parameters;
    BOOST_TEST(FindParameter(recipient, "NOTIFY")->value == "SUCCESS,DELAY");
    BOOST_TEST(FindParameter(recipient, "ORCPT")->value == "rfc822;b@example.org");
    Dialog without(ClientPersona(), ServerPersona(), policy, mail);
    without.Run();
    BOOST_TEST(without.heard.messages.at(0).envelope.sender.parameters.size() == 1u); // SIZE

    Server s(Chunking());
    s.Start();
    s.Hear("EHLO c\r\n");
    BOOST_TEST(s.Hear("MAIL FROM:<a@b.c> RET=ALL\r\n").substr(0, 3) == "501");
    BOOST_TEST(s.Hear("MAIL FROM:<a@b.c> ENVID=a+0\r\n").substr(0, 3) == "501");
    BOOST_TEST(s.Hear("MAIL FROM:<a@b.c> ENVID=a+0A RET=full\r\n").substr(0, 3) == "250");
    for (const char* bad : {"NOTIFY=NEVER,DELAY", "NOTIFY=", "NOTIFY", "ORCPT=b@c", "ORCPT=;x"})
    {
        BOOST_TEST(s.Hear("RCPT TO:<b@example.org> " + std::string(bad) + "\r\n").substr(0, 3) ==
                       "501",
                   bad);
    }
    BOOST_TEST(s.Hear("RCPT TO:<b@example.org> NOTIFY=NEVER\r\n").substr(0, 3) == "250");
}

BOOST_AUTO_TEST_CASE(AHeaderWithoutEndIsNotWaitedFor)
{
    ServerPersona persona = Chunking();
    persona.limits.headerSize = 100;
    AtBdat data(persona);
    data.Hear("DATA\r\n");
    BOOST_TEST(data.Hear("Subject: " + std::string(95, 'x')).substr(0, 3) == "552");
    BOOST_TEST(data.session.WantsClose());
    AtBdat chunk(persona);
    BOOST_TEST(chunk.Hear("BDAT 500 LAST\r\n" + std::string(104, 'x')).substr(0, 3) == "552");
    BOOST_TEST(chunk.session.WantsClose());
    for (std::size_t step : {1, 3, 1000})
    {
        AtBdat fine(persona);
        fine.Hear("DATA\r\n");
        const std::string content =
            "Message-ID: <1@x>\r\n\r\n" + std::string(300, 'x') + "\r\n.\r\n";
        std::string out;
        for (std::size_t at = 0; at < content.size(); at += step)
        {
            out += fine.Hear(std::string_view(content).substr(at, step));
        }
        BOOST_TEST(out.substr(0, 3) == "250");
    }
    persona.replies.message = "250 2.6.0 {message-id} [{size}] Queued";
    AtBdat named(persona);
    named.Hear("DATA\r\n");
    BOOST_TEST(named.Hear("X: y\r\nmessage-id: <1@{size}>\r\n\r\nx\r\n.\r\n") ==
               "250 2.6.0 <1@{size}> [35] Queued\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
