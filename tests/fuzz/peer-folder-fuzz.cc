// What a real mail program left: the states of its messages and the mail that it delivered.

#include "lab/live/live-messages.h"
#include "tests/fuzz/scratch-folder.h"

#include <cstdint>

using namespace bouncelab;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const fuzz::ScratchFolder folder;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    folder.Put("messages.jsonl", text);
    folder.Put("mbox", text);
    live::LiveMessages messages({"peer"}, {"peer.example"});
    messages.ReadFolder("peer", folder.Root());
    messages.All();
    return 0;
}
