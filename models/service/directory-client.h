#ifndef BOUNCELAB_MODELS_SERVICE_DIRECTORY_CLIENT_H
#define BOUNCELAB_MODELS_SERVICE_DIRECTORY_CLIENT_H

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace bouncelab::service
{

/// What became of a question to a directory.
enum class LookupStatus
{
    Answered,    //!< The directory knows: yes or no is in its data.
    Busy,        //!< It refused the question for load.
    Unavailable, //!< No replica runs, or the one that was asked went down.
    TimedOut,    //!< The client waits no longer.
};

constexpr std::string_view
NameOfLookupStatus(LookupStatus status)
{
    constexpr std::array<std::string_view, 4> NAMES{"answered", "busy", "unavailable", "timed-out"};
    return NAMES[static_cast<std::size_t>(status)];
}

using LookupTicket = std::uint64_t;

/// The way to a directory for those who ask it.
class DirectoryClient
{
  public:
    using Handler = std::function<void(LookupStatus)>;

    virtual ~DirectoryClient() = default;

    /// \param onAnswer called once, later, never inside this call.
    virtual LookupTicket Ask(Handler onAnswer) = 0;

    /// The asker is gone: its handler is not called. The directory works on it all the same.
    virtual void Forget(LookupTicket ticket) = 0;
};

} // namespace bouncelab::service

#endif // BOUNCELAB_MODELS_SERVICE_DIRECTORY_CLIENT_H
