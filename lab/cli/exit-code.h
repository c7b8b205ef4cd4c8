#ifndef BOUNCELAB_LAB_CLI_EXIT_CODE_H
#define BOUNCELAB_LAB_CLI_EXIT_CODE_H

#include <stdexcept>

namespace bouncelab::cli
{

/// What the program's exit status says (docs/formats.md).
enum ExitCode : int
{
    EXPECTED = 0,        //!< All as expected.
    MISSED = 1,          //!< An expectation was missed, or bytes differ that should not.
    BAD_INPUT = 2,       //!< The command line, a file that it names, or what the machine refuses.
    DETECTOR_FAILED = 3, //!< Crashed, timed out, or was inconclusive where it had to answer.
    INTERNAL = 4,        //!< A fault of this program.
};

/// Something on the command line, or in a file that it names, that is not valid. One sentence.
class InputError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_EXIT_CODE_H
