#include "lab/live/mail-drop.h"

#include "lab/live/descriptor.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace bouncelab::live
{

namespace
{

namespace fs = std::filesystem;

void
PutFile(const fs::path& path, const std::string& text)
{
    const fs::path unfinished = path.string() + ".unfinished";
    std::ofstream file(unfinished, std::ios::binary);
    file << text;
    file.close();
    if (!file)
    {
        throw LiveError(fmt::format("cannot write {}", path.string()));
    }
    fs::rename(unfinished, path);
}

} // namespace

void
MailDrop::Put(const mail::Submission& submission)
{
    const fs::path stem = m_folder / fmt::format("{:04}", ++m_count);
    const nlohmann::ordered_json envelope{{"id", mail::MessageIdOf(*submission.content)},
                                          {"from", submission.envelope.sender},
                                          {"to", submission.envelope.recipients}};
    PutFile(stem.string() + ".eml", *submission.content);
    PutFile(stem.string() + ".json", envelope.dump() + "\n");
}

} // namespace bouncelab::live
