#ifndef BOUNCELAB_TESTS_MAIL_SISIMAI_H
#define BOUNCELAB_TESTS_MAIL_SISIMAI_H

#include "tests/evidence/scratch-folder.h"
#include "tests/skip.h"

#include <fstream>
#include <string>

namespace bouncelab::test
{

/// Precondition of a test that asks Sisimai.
inline const tests::IfRuns SISIMAI_IS_HERE{"perl -MSisimai -e 1", "libsisimai-perl"};

/// What Sisimai makes of a bounce, a line for each recipient: "agent|reason|recipient|<fields>".
/// \param fields further ones: "deliverystatus", "replycode", "action".
inline std::string
Sisimai(const std::string& bounce, const std::string& fields = "replycode")
{
    const ScratchFolder scratch;
    std::ofstream(scratch / "bounce.eml") << "Return-Path: <>\n" << bounce;
    return Shell("perl -MSisimai -e '"
                 "for (@{ Sisimai->make($ARGV[0], delivered => 1) || [] }) {"
                 " print join(\"|\", $_->smtpagent, $_->reason, $_->recipient->address,"
                 " $_->" +
                 fields + "), \"\\n\"; }' " + (scratch / "bounce.eml").string());
}

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_MAIL_SISIMAI_H
