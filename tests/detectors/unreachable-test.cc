#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(unreachable)

BOOST_AUTO_TEST_CASE(SynsThatNothingAnswers)
{
    const auto syn = [](const std::string& time, int port)
    {
        return time + " IP 10.0.0.4.50200 > 192.0.2.30." + std::to_string(port) +
               ": Flags [S], seq 1, win 64240, options [mss 1460], length 0\n";
    };
    const PastedText silent{"",
                            "",
                            "unreachable",
                            "unreachable.port",
                            Verdict::Inconclusive,
                            0,
                            "nothing comes back"};
    const std::string first = syn("09:00:00.000000", 25);
    BOOST_TEST(IsTold(JudgeText(first + syn("09:00:01.010000", 25)), silent));
    BOOST_TEST(
        IsTold(JudgeText(syn("09:00:00.000000", 587) + syn("09:00:03.010000", 587)), silent));
    // One SYN may be the last packet of the capture; other ports are no mail's.
    BOOST_TEST(!IsTold(JudgeText(first), silent));
    BOOST_TEST(!IsTold(JudgeText(syn("09:00:00.000000", 80) + syn("09:00:01.010000", 80)), silent));
    BOOST_TEST(!IsTold(JudgeText(first + syn("09:00:01.010000", 25) +
                                 "09:00:01.090000 IP 192.0.2.30.25 > 10.0.0.4.50200: Flags [S.], "
                                 "seq 5, ack 2, win 64240, options [mss 1460], length 0\n"),
                       silent));
    // Whoever has a session elsewhere is not cut off.
    const std::string other =
        "09:00:05.000000 IP 10.0.0.4.50201 > 192.0.2.31.25: Flags [S], seq 1, win 64240, length 0\n"
        "09:00:05.010000 IP 192.0.2.31.25 > 10.0.0.4.50201: Flags [S.], seq 5, ack 2, win 64240, "
        "length 0\n"
        "09:00:05.020000 IP 10.0.0.4.50201 > 192.0.2.31.25: Flags [.], ack 1, win 502, length 0\n"
        "09:00:05.030000 IP 192.0.2.31.25 > 10.0.0.4.50201: Flags [P.], seq 1:15, ack 1, win 114, "
        "length 14: SMTP: 220 mx ESMTP\n";
    BOOST_TEST(!IsTold(JudgeText(first + syn("09:00:01.010000", 25) + other), silent));
}

BOOST_AUTO_TEST_SUITE_END()
