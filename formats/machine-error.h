#ifndef BOUNCELAB_FORMATS_MACHINE_ERROR_H
#define BOUNCELAB_FORMATS_MACHINE_ERROR_H

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace bouncelab
{

/// The machine refused something: a full disk, no permission, too little memory, too many files.
/// One sentence that ends in the reason.
class MachineError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;

    /// \param what could not be done; errno tells why
    static MachineError FromErrno(const std::string& what) { return {what, errno}; }

  private:
    MachineError(const std::string& what, int error)
        : std::runtime_error(what + ": " + std::strerror(error))
    {
    }
};

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_MACHINE_ERROR_H
