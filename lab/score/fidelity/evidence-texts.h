#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_EVIDENCE_TEXTS_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_EVIDENCE_TEXTS_H

#include "detectors/readers/text-line-reader.h"
#include "lab/score/run-folder.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// The vantages that are no union of others.
std::vector<std::string> PlainVantages(const RunFolder& run);

/// A text file of the evidence: log, bounce, transcript; no capture and no dump of packets.
struct EvidenceText
{
    std::string vantage;
    std::string file; //!< Below the vantage's folder.
    std::filesystem::path path;
};

std::vector<EvidenceText> TextsOf(const RunFolder& run);

/// Hands every line of a text, or of all texts of a run, to readers of the detectors' kind.
void ReadText(const EvidenceText& text, const std::vector<detectors::TextLineReader*>& readers);
void ReadTexts(const RunFolder& run, const std::vector<detectors::TextLineReader*>& readers);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_EVIDENCE_TEXTS_H
