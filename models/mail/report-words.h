#ifndef BOUNCELAB_MODELS_MAIL_REPORT_WORDS_H
#define BOUNCELAB_MODELS_MAIL_REPORT_WORDS_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bouncelab::mail
{

/// What a word in braces stands for.
enum class WordKind
{
    Unknown, //!< No such word: it stays as it is.
    Value,   //!< If it is empty, its line is left out.
    Block,   //!< May be empty.
};

using WordLookUp = std::function<WordKind(std::string& out, std::string_view word)>;

/// Expands a text line by line; a line that ends in what a word stands for, which brings its own
/// line end, gets no second one. \param wrap width at which its lines are folded; 0 = not.
std::string ExpandLines(std::string_view text, const WordLookUp& lookUp, std::size_t wrap = 0);

/// A line folded at its blanks; what goes on is indented by four blanks.
std::string FoldLine(std::string_view line, std::size_t width);

/// "3/22/2002 5:47 PM". \param localSeconds since 1970 in local time.
std::string UsDate(std::int64_t localSeconds);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_REPORT_WORDS_H
