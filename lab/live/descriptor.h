#ifndef BOUNCELAB_LAB_LIVE_DESCRIPTOR_H
#define BOUNCELAB_LAB_LIVE_DESCRIPTOR_H

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include <unistd.h>

namespace bouncelab::live
{

/// Why a live run cannot be: one sentence for the one who asked for it.
class LiveError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/// \param what was tried; errno tells why it failed
[[noreturn]] inline void
ThrowErrno(const std::string& what)
{
    throw LiveError(what + ": " + std::strerror(errno));
}

/// Owns a file descriptor.
class Descriptor
{
  public:
    Descriptor() = default;

    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }

    Descriptor(Descriptor&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }

    Descriptor& operator=(Descriptor&& other) noexcept
    {
        if (this != &other)
        {
            Close();
            m_fd = std::exchange(other.m_fd, -1);
        }
        return *this;
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    ~Descriptor() { Close(); }

    int Get() const { return m_fd; }

    bool IsOpen() const { return m_fd >= 0; }

    void Close()
    {
        if (m_fd >= 0)
        {
            close(std::exchange(m_fd, -1));
        }
    }

  private:
    int m_fd = -1;
};

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_DESCRIPTOR_H
