#ifndef BOUNCELAB_FORMATS_QUEUE_ID_H
#define BOUNCELAB_FORMATS_QUEUE_ID_H

#include "formats/clock.h"
#include "formats/enum-names.h"

#include <array>
#include <cstdint>
#include <string>

namespace bouncelab
{

/// What a program calls a message in its queue.
enum class QueueIdForm
{
    Number,
    Postfix,  //!< Microseconds and inode: "1A2B393869".
    Sendmail, //!< Time to the second and process id: "k8Q6iqHE024578".
};

constexpr auto
EnumNames(QueueIdForm)
{
    return std::array<EnumName<QueueIdForm>, 3>{{{"number", QueueIdForm::Number},
                                                 {"postfix", QueueIdForm::Postfix},
                                                 {"sendmail", QueueIdForm::Sendmail}}};
}

/**
 * What a program calls a message. \param number of its queue file. \param processId that took the
 * message. \param taken when, by the host's clock. \param zoneSeconds its local time.
 */
std::string QueueIdOf(QueueIdForm form,
                      std::uint64_t number,
                      std::uint32_t processId,
                      WallTime taken,
                      std::int64_t zoneSeconds);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_QUEUE_ID_H
