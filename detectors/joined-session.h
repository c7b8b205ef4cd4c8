#ifndef BOUNCELAB_DETECTORS_JOINED_SESSION_H
#define BOUNCELAB_DETECTORS_JOINED_SESSION_H

#include "detectors/analysis/talk-table.h"
#include "detectors/detector.h"

#include <memory>

namespace bouncelab::detectors
{

/**
 * One mail's session as the client had it against the session that the server had of it, where the
 * evidence holds both (S000-10, S000-15). Another name in EHLO, another greeting or other
 * keywords say that somebody between them spoke; a client's address that differs alone is a NAT's
 * doing, and another date in the greeting another session's. Silent where the client itself called
 * whom the server heard, a smarthost, and where a front end of the server's own site stands
 * between.
 */
class JoinedSession : public Detector
{
  public:
    static constexpr std::string_view NAME = "joined-session";

    explicit JoinedSession(std::shared_ptr<TalkTable> table)
        : m_table(std::move(table))
    {
    }

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "a client's session against the server's of the same mail";
    }

    Scope Covers() const override { return {{kinds::PACKETS}, {"intercepted"}}; }

    void Judge(const Evidence& evidence, AlertSink&) override { m_table->Add(evidence.flow); }

    void Conclude(const Surroundings& surroundings, AlertSink& sink) override;

  private:
    std::shared_ptr<TalkTable> m_table;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_JOINED_SESSION_H
