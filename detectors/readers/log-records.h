#ifndef BOUNCELAB_DETECTORS_READERS_LOG_RECORDS_H
#define BOUNCELAB_DETECTORS_READERS_LOG_RECORDS_H

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * The rows of programs that a record has in it, each as its program would have written it to a
 * file: behind the header of RFC 5424 (with RFC 6587's count, without the priority), or in the JSON
 * of log drivers, the journal and shippers (Filebeat and others in ECS's fields, Fluentd, rsyslog,
 * GELF, the lists of CloudWatch and Elasticsearch). What a shipper tells of host, program and time
 * becomes the row's head where the message has none. A record of whose message neither shows that
 * it is a row is left as it is: programs write their own errors as JSON, too.
 *
 * \param undone gets what was taken off
 * \return none where the line is no such record.
 */
std::vector<std::string> RowsInRecord(std::string_view line, std::set<std::string>& undone);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_LOG_RECORDS_H
