#include "models/smtp/transitions.h"

#include <array>

namespace bouncelab::smtp
{

namespace
{

struct Transition
{
    Phase from;
    Step step;
    Phase onPositive;
    Phase onNegative;
};

using P = Phase;
using S = Step;

// clang-format off
constexpr std::array TRANSITIONS{
    Transition{P::Connected,  S::Greeting,  P::Greeted,    P::Refused},

    Transition{P::Refused,    S::Neutral,   P::Refused,    P::Refused},
    Transition{P::Refused,    S::Quit,      P::Closed,     P::Closed},

    Transition{P::Greeted,    S::Hello,     P::Idle,       P::Greeted},
    Transition{P::Greeted,    S::Reset,     P::Greeted,    P::Greeted},
    Transition{P::Greeted,    S::Neutral,   P::Greeted,    P::Greeted},
    Transition{P::Greeted,    S::Quit,      P::Closed,     P::Closed},

    Transition{P::Idle,       S::Hello,     P::Idle,       P::Idle},
    Transition{P::Idle,       S::Mail,      P::Sender,     P::Idle},
    Transition{P::Idle,       S::Reset,     P::Idle,       P::Idle},
    Transition{P::Idle,       S::Neutral,   P::Idle,       P::Idle},
    Transition{P::Idle,       S::Quit,      P::Closed,     P::Closed},
    Transition{P::Idle,       S::Auth,      P::Idle,       P::Idle},
    Transition{P::Idle,       S::StartTls,  P::Greeted,    P::Idle},

    Transition{P::Sender,     S::Hello,     P::Idle,       P::Sender},
    Transition{P::Sender,     S::Recipient, P::Recipients, P::Sender},
    Transition{P::Sender,     S::Reset,     P::Idle,       P::Sender},
    Transition{P::Sender,     S::Neutral,   P::Sender,     P::Sender},
    Transition{P::Sender,     S::Quit,      P::Closed,     P::Closed},

    Transition{P::Recipients, S::Hello,     P::Idle,       P::Recipients},
    Transition{P::Recipients, S::Recipient, P::Recipients, P::Recipients},
    Transition{P::Recipients, S::Data,      P::Content,    P::Recipients},
    Transition{P::Recipients, S::Reset,     P::Idle,       P::Recipients},
    Transition{P::Recipients, S::Neutral,   P::Recipients, P::Recipients},
    Transition{P::Recipients, S::Quit,      P::Closed,     P::Closed},
    Transition{P::Recipients, S::Chunk,     P::Chunks,     P::Idle},
    Transition{P::Recipients, S::LastChunk, P::Idle,       P::Idle},

    Transition{P::Chunks,     S::Hello,     P::Idle,       P::Chunks},
    Transition{P::Chunks,     S::Chunk,     P::Chunks,     P::Idle},
    Transition{P::Chunks,     S::LastChunk, P::Idle,       P::Idle},
    Transition{P::Chunks,     S::Reset,     P::Idle,       P::Chunks},
    Transition{P::Chunks,     S::Neutral,   P::Chunks,     P::Chunks},
    Transition{P::Chunks,     S::Quit,      P::Closed,     P::Closed},

    Transition{P::Content,    S::EndOfData, P::Idle,       P::Idle},
};

// clang-format on

const Transition*
Find(Phase phase, Step step)
{
    for (const Transition& transition : TRANSITIONS)
    {
        if (transition.from == phase && transition.step == step)
        {
            return &transition;
        }
    }
    return nullptr;
}

} // namespace

std::string_view
NameOfPhase(Phase phase)
{
    constexpr std::array<std::string_view, 9> NAMES{"connected",
                                                    "refused",
                                                    "greeted",
                                                    "idle",
                                                    "sender",
                                                    "recipients",
                                                    "content",
                                                    "chunks",
                                                    "closed"};
    return NAMES[static_cast<std::size_t>(phase)];
}

std::string_view
NameOfStep(Step step)
{
    constexpr std::array<std::string_view, 13> NAMES{"greeting",
                                                     "hello",
                                                     "mail",
                                                     "recipient",
                                                     "data",
                                                     "end-of-data",
                                                     "reset",
                                                     "neutral",
                                                     "quit",
                                                     "auth",
                                                     "starttls",
                                                     "chunk",
                                                     "last-chunk"};
    return NAMES[static_cast<std::size_t>(step)];
}

bool
IsAllowed(Phase phase, Step step)
{
    return Find(phase, step) != nullptr;
}

Phase
PhaseAfter(Phase phase, Step step, ReplyClass answer)
{
    const Transition* transition = Find(phase, step);
    if (!transition)
    {
        return phase;
    }
    const ReplyClass positive =
        step == Step::Data ? ReplyClass::Intermediate : ReplyClass::Positive;
    return answer == positive ? transition->onPositive : transition->onNegative;
}

} // namespace bouncelab::smtp
