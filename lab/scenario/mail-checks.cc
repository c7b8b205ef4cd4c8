#include "lab/scenario/section-checker.h"

#include "formats/text.h"

namespace bouncelab::scenario
{

namespace
{

class MailChecker : SectionChecker
{
  public:
    MailChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    void Check() const
    {
        CheckSenders();
        CheckExchangers();
        CheckRetries();
        CheckDowntimes();
        CheckMessages();
    }

  private:
    void CheckSender(const std::string& path, const std::string& via) const
    {
        if (via.empty())
        {
            if (SenderOf(m_scenario, via).empty())
            {
                Fail(path,
                     "found none, and none or several hosts have `sends`, expected the host whose "
                     "queue it enters, here or in `mail.via`");
            }
            return;
        }
        CheckReference(path, via, "host", m_scenario.hosts);
        if (!m_scenario.hosts.at(via).sends)
        {
            Fail(path, fmt::format("found {}, expected a host that has `sends`", Quote(via)));
        }
    }

    /// Before others: whose mail it is decides who has to take mail.
    void CheckSenders() const
    {
        const MailConfig& mail = m_scenario.mail;
        if (!mail.via.empty())
        {
            CheckSender("mail.via", mail.via);
        }
        for (const auto& [name, message] : mail.messages)
        {
            CheckSender(JoinPath(JoinPath("mail.messages", name), "via"), message.via);
        }
        for (const auto& [name, daily] : mail.daily)
        {
            CheckSender(JoinPath(JoinPath("mail.daily", name), "via"), daily.via);
        }
        std::map<std::string, OrdinaryMail> flows{{"mail.ordinary", mail.ordinary}};
        for (const auto& [name, source] : mail.sources)
        {
            flows.emplace(JoinPath("mail.sources", name), source);
        }
        for (const auto& [key, flow] : flows)
        {
            if (flow.perMinute > 0)
            {
                CheckSender(JoinPath(key, "via"), flow.via);
            }
        }
    }

    bool HasExchanger(std::string_view mailbox) const
    {
        const std::string_view domain = mailbox.substr(mailbox.rfind('@') + 1);
        const auto& exchangers = m_scenario.mail.exchangers;
        return std::any_of(exchangers.begin(),
                           exchangers.end(),
                           [&](const auto& entry)
                           { return EqualIgnoringCase(entry.first, domain); });
    }

    bool IsLocal(std::string_view mailbox) const
    {
        const std::string_view domain = mailbox.substr(mailbox.rfind('@') + 1);
        const auto host = m_scenario.hosts.find(SenderOf(m_scenario, ""));
        return host != m_scenario.hosts.end() &&
               std::any_of(host->second.queue.localDomains.begin(),
                           host->second.queue.localDomains.end(),
                           [&](const std::string& name)
                           { return EqualIgnoringCase(name, domain); });
    }

    /// Both ends of a message need a way: bounces go back to the sender.
    void CheckMailbox(const std::string& path, const std::string& mailbox) const
    {
        if (!IsMailbox(mailbox))
        {
            Fail(path, fmt::format("found {}, expected an address as user@domain", Quote(mailbox)));
        }
        if (!HasExchanger(mailbox) && !IsLocal(mailbox))
        {
            Fail(path,
                 fmt::format("found {}, for whose domain no host takes mail, expected a domain of "
                             "mail.exchangers",
                             Quote(mailbox)));
        }
    }

    /// A host that others hand mail to.
    void CheckTaker(const std::string& path, const std::string& host) const
    {
        CheckReference(path, host, "host", m_scenario.hosts);
        if (host == SenderOf(m_scenario, ""))
        {
            return;
        }
        if (!HasPlace(host))
        {
            Fail(path,
                 fmt::format("found {}, to which no path leads, expected a host at the end of a "
                             "path",
                             Quote(host)));
        }
        if (!m_scenario.hosts.at(host).serves)
        {
            Fail(path, fmt::format("found {}, expected a host that has `serves`", Quote(host)));
        }
    }

    void CheckExchangers() const
    {
        const MailConfig& mail = m_scenario.mail;
        for (const auto& [domain, host] : mail.exchangers)
        {
            CheckTaker(JoinPath("mail.exchangers", domain), host);
        }
        for (const auto& [domain, hosts] : mail.alternates)
        {
            const std::string key = JoinPath("mail.alternates", domain);
            CheckReference(key, domain, "domain", mail.exchangers);
            std::vector<std::string> known{mail.exchangers.at(domain)};
            for (std::size_t i = 0; i < hosts.size(); ++i)
            {
                const std::string path = JoinPath(key, std::to_string(i + 1));
                CheckTaker(path, hosts[i]);
                if (std::find(known.begin(), known.end(), hosts[i]) != known.end())
                {
                    Fail(path,
                         fmt::format("found {} once more, expected a host that does not take mail "
                                     "for the domain already",
                                     Quote(hosts[i])));
                }
                known.push_back(hosts[i]);
            }
        }
    }

    void CheckRetries() const
    {
        for (const auto& [name, host] : m_scenario.hosts)
        {
            const std::string key = JoinPath(JoinPath("hosts", name), "queue-retries");
            CheckNames(key, host.queueRetries);
            if (!host.queueRetries.empty() && !host.sends)
            {
                Fail(key, "found retries at a host that does not send, expected `sends` beside it");
            }
            for (const auto& [retryName, retry] : host.queueRetries)
            {
                CheckTiming(JoinPath(JoinPath(key, retryName), "at"), retry.at);
                if (!retry.domain.empty())
                {
                    CheckReference(JoinPath(JoinPath(key, retryName), "domain"),
                                   retry.domain,
                                   "domain",
                                   m_scenario.mail.exchangers);
                }
            }
        }
    }

    void CheckDowntimes() const
    {
        for (const auto& [name, host] : m_scenario.hosts)
        {
            const std::string key = JoinPath("hosts", name);
            CheckInOrder(JoinPath(key, "restart"), host.restart);
            CheckInOrder(JoinPath(key, "power-loss"), host.powerLoss);
            if (!host.restart.empty() && !host.serves && !host.sends)
            {
                Fail(JoinPath(key, "restart"),
                     "found a restart at a host without a mail program, expected `serves` or "
                     "`sends` beside it");
            }
            if (host.disk.capacity > 0 && (host.connectors.empty() || !host.sends))
            {
                Fail(JoinPath(JoinPath(key, "disk"), "capacity"),
                     "found a disk at a host without a queue that it serves for, expected "
                     "`connectors` and `sends` beside it");
            }
            CheckOtherUse(JoinPath(JoinPath(key, "disk"), "other-use"), host.disk);
        }
    }

    void CheckInOrder(const std::string& key, const std::vector<DowntimeConfig>& downtimes) const
    {
        Nanoseconds free{0};
        for (std::size_t i = 0; i < downtimes.size(); ++i)
        {
            const std::string path = JoinPath(JoinPath(key, std::to_string(i + 1)), "at");
            CheckTiming(path, downtimes[i].at);
            if (downtimes[i].at < free)
            {
                Fail(path,
                     fmt::format("found {}, expected a moment after the one before is over at {}",
                                 FormatDuration(downtimes[i].at),
                                 FormatDuration(free)));
            }
            free = downtimes[i].at + downtimes[i].downtime;
        }
    }

    void CheckOtherUse(const std::string& key, const host::DiskConfig& disk) const
    {
        Nanoseconds before{0};
        for (std::size_t i = 0; i < disk.otherUse.size(); ++i)
        {
            const std::string path = JoinPath(key, std::to_string(i + 1));
            CheckTiming(JoinPath(path, "at"), disk.otherUse[i].at);
            if (disk.otherUse[i].at < before)
            {
                Fail(JoinPath(path, "at"),
                     fmt::format("found {}, expected a moment after {}, the one before",
                                 FormatDuration(disk.otherUse[i].at),
                                 FormatDuration(before)));
            }
            if (disk.otherUse[i].octets > disk.capacity)
            {
                Fail(JoinPath(path, "octets"),
                     fmt::format("found {}, expected at most `capacity`, {}",
                                 disk.otherUse[i].octets,
                                 disk.capacity));
            }
            before = disk.otherUse[i].at;
        }
    }

    void CheckMessages() const
    {
        const MailConfig& mail = m_scenario.mail;
        CheckNames("mail.messages", mail.messages);
        for (const auto& [name, message] : mail.messages)
        {
            const std::string key = JoinPath("mail.messages", name);
            if (!message.from.empty())
            {
                CheckMailbox(JoinPath(key, "from"), message.from);
            }
            CheckMailbox(JoinPath(key, "to"), message.to);
            for (std::size_t i = 0; i < message.alsoTo.size(); ++i)
            {
                CheckMailbox(JoinPath(JoinPath(key, "also-to"), std::to_string(i + 1)),
                             message.alsoTo[i]);
            }
            CheckTiming(JoinPath(key, "at"), message.at);
        }
        CheckOrdinaryMail("mail.ordinary", mail.ordinary);
        CheckNames("mail.sources", mail.sources);
        for (const auto& [name, source] : mail.sources)
        {
            CheckOrdinaryMail(JoinPath("mail.sources", name), source);
        }
        CheckNames("mail.daily", mail.daily);
        for (const auto& [name, daily] : mail.daily)
        {
            CheckDailyMail(JoinPath("mail.daily", name), daily);
        }
    }

    void CheckDailyMail(const std::string& key, const DailyMail& daily) const
    {
        if (!daily.from.empty())
        {
            CheckMailbox(JoinPath(key, "from"), daily.from);
        }
        if (daily.to.empty())
        {
            Fail(JoinPath(key, "to"), "found none, expected at least one");
        }
        for (std::size_t i = 0; i < daily.to.size(); ++i)
        {
            CheckMailbox(JoinPath(JoinPath(key, "to"), std::to_string(i + 1)), daily.to[i]);
        }
    }

    void CheckOrdinaryMail(const std::string& key, const OrdinaryMail& ordinary) const
    {
        const std::pair<std::string, const std::vector<std::string>*> lists[] = {
            {JoinPath(key, "senders"), &ordinary.senders},
            {JoinPath(key, "recipients"), &ordinary.recipients},
        };
        if (ordinary.perMinute > 0)
        {
            CheckTiming(JoinPath(key, "start"), ordinary.start);
        }
        for (const auto& [path, list] : lists)
        {
            if (ordinary.perMinute > 0 && list->empty())
            {
                Fail(path, "found none, expected at least one, because `per-minute` is not 0");
            }
            for (std::size_t i = 0; i < list->size(); ++i)
            {
                CheckMailbox(JoinPath(path, std::to_string(i + 1)), (*list)[i]);
            }
        }
        if (ordinary.minimumBytes > ordinary.maximumBytes)
        {
            Fail(JoinPath(key, "minimum-bytes"),
                 fmt::format("found {}, expected at most `maximum-bytes`, {}",
                             ordinary.minimumBytes,
                             ordinary.maximumBytes));
        }
    }
};

} // namespace

void
CheckMail(const Scenario& scenario, const Marks& marks)
{
    MailChecker(scenario, marks).Check();
}

} // namespace bouncelab::scenario
