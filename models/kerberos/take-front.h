#ifndef BOUNCELAB_MODELS_KERBEROS_TAKE_FRONT_H
#define BOUNCELAB_MODELS_KERBEROS_TAKE_FRONT_H

#include <deque>
#include <optional>
#include <utility>

namespace bouncelab::kerberos
{

/// The first of a queue, which is taken off; nothing where it is empty.
template <class T>
std::optional<T>
TakeFront(std::deque<T>& queue)
{
    if (queue.empty())
    {
        return std::nullopt;
    }
    T front = std::move(queue.front());
    queue.pop_front();
    return front;
}

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_TAKE_FRONT_H
