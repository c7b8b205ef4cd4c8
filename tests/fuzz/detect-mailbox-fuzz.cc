// A mailbox and what its messages report: notifications by RFC 3464, and bounces of any program.

#include "detectors/readers/mail-log-reader.h"
#include "detectors/readers/mailbox-reader.h"
#include "detectors/readers/status-notification.h"
#include "detectors/readers/text-file.h"
#include "formats/text.h"

#include <cstdint>
#include <cstdio>

using namespace bouncelab;
using namespace bouncelab::detectors;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    MailboxReader mailbox(
        [](const StoredMail& mail)
        {
            StatusNotification notification([](const ReportedReply&) {});
            std::uint32_t line = 0;
            for (std::string_view rest = mail.text; !rest.empty();)
            {
                const std::size_t end = rest.find('\n');
                notification.Line(++line, rest.substr(0, end));
                rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            }
            notification.End();
        },
        true);
    BounceReader bounces([](const LoggedRefusal&) {});
    ReadText(fmemopen(const_cast<std::uint8_t*>(data), size, "rb"), {&mailbox, &bounces});
    return 0;
}
