#include "detectors/readers/page-text.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"
#include "formats/utf8.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// Tags that only a page has, and that end a line of text or do not.
constexpr std::array<std::string_view, 14> BREAKING_TAGS{"br",
                                                         "p",
                                                         "div",
                                                         "tr",
                                                         "li",
                                                         "pre",
                                                         "table",
                                                         "body",
                                                         "html",
                                                         "head",
                                                         "ul",
                                                         "h1",
                                                         "h2",
                                                         "hr"};
constexpr std::array<std::string_view, 22> INLINE_TAGS{
    "code", "span", "td", "th",    "b",    "i",         "em",     "strong",
    "font", "a",    "tt", "title", "meta", "link",      "script", "style",
    "img",  "ol",   "h3", "small", "sup",  "blockquote"};
constexpr std::array<std::string_view, 8>
    PAGE_TAGS{"<!doctype", "<html", "<pre", "<div", "<table", "<body", "<br", "<span"};

/// Those that have a name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> ENTITIES{{{"&lt;", "<"},
                                                                                 {"&gt;", ">"},
                                                                                 {"&quot;", "\""},
                                                                                 {"&apos;", "'"},
                                                                                 {"&nbsp;", " "},
                                                                                 {"&amp;", "&"}}};

/// Characters that word processors and pages put in the place of ASCII's.
constexpr std::array<std::pair<std::string_view, std::string_view>, 34> LOOKALIKES{
    {{"\xC2\xA0", " "},      {"\xE2\x80\x87", " "},  {"\xE2\x80\xAF", " "},  {"\xE2\x80\x82", " "},
     {"\xE2\x80\x83", " "},  {"\xE2\x80\x89", " "},  {"\xE3\x80\x80", " "},  {"\xC2\xAD", ""},
     {"\xE2\x80\x8B", ""},   {"\xE2\x80\x8C", ""},   {"\xE2\x80\x8D", ""},   {"\xEF\xBB\xBF", ""},
     {"\xE2\x81\xA0", ""},   {"\xE2\x80\xB9", "<"},  {"\xE2\x80\xBA", ">"},  {"\xE3\x80\x88", "<"},
     {"\xE3\x80\x89", ">"},  {"\xE2\x9F\xA8", "<"},  {"\xE2\x9F\xA9", ">"},  {"\xE2\x80\x9C", "\""},
     {"\xE2\x80\x9D", "\""}, {"\xE2\x80\x9E", "\""}, {"\xE2\x80\x9F", "\""}, {"\xC2\xAB", "\""},
     {"\xC2\xBB", "\""},     {"\xE2\x80\x98", "'"},  {"\xE2\x80\x99", "'"},  {"\xE2\x80\x9A", "'"},
     {"\xE2\x80\x9B", "'"},  {"\xE2\x80\x90", "-"},  {"\xE2\x80\x91", "-"},  {"\xE2\x80\x93", "-"},
     {"\xE2\x80\x94", "-"},  {"\xE2\x88\x92", "-"}}};

template <std::size_t N>
bool
IsOneOf(std::string_view name, const std::array<std::string_view, N>& names)
{
    return std::any_of(names.begin(),
                       names.end(),
                       [&](std::string_view known) { return EqualIgnoringCase(known, name); });
}

/// The character of "&#39;", "&#x27;" off the front, as UTF-8; a no-break space as a space, ""
/// where there is none.
std::string
TakeNumericEntity(std::string_view& text)
{
    constexpr std::int64_t LARGEST = 0x10FFFF;
    constexpr std::int64_t NO_BREAK_SPACE = 0xA0;
    std::string_view rest = text;
    if (!scan::Skip(rest, "&#"))
    {
        return {};
    }
    const bool isHex = scan::Skip(rest, "x") || scan::Skip(rest, "X");
    const std::int64_t number =
        isHex ? scan::HexNumber(rest).value_or(0) : scan::Number(rest).value_or(0);
    const bool isCharacter =
        number >= ' ' && number <= LARGEST && (number < 0xD800 || number > 0xDFFF);
    if (!isCharacter || !scan::Skip(rest, ";"))
    {
        return {};
    }
    text = rest;
    std::string character;
    AppendUtf8(character, number == NO_BREAK_SPACE ? ' ' : static_cast<std::uint32_t>(number));
    return character;
}

/// "\e[31m" off the front.
bool
SkipColor(std::string_view& text)
{
    if (text.size() < 3 || text[0] != '\x1B' || text[1] != '[')
    {
        return false;
    }
    const std::size_t end = text.find_first_not_of("0123456789;", 2);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return true;
}

} // namespace

bool
HasPageTag(std::string_view line)
{
    if (line.find('<') == line.npos)
    {
        return false;
    }
    const std::string lower = InLowerCase(line);
    return std::any_of(PAGE_TAGS.begin(),
                       PAGE_TAGS.end(),
                       [&](std::string_view tag) { return lower.find(tag) != lower.npos; });
}

std::string
WithoutTags(std::string_view line, bool isPage, std::set<std::string>& undone)
{
    std::string text;
    for (std::size_t at = 0; at < line.size(); ++at)
    {
        if (line[at] == '<' && isPage)
        {
            const std::size_t close = line.find('>', at);
            std::size_t first = at + 1;
            first += first < line.size() && (line[first] == '/' || line[first] == '!') ? 1 : 0;
            std::size_t end = first;
            while (end < line.size() && IsAlnum(line[end]))
            {
                ++end;
            }
            const std::string_view name = line.substr(first, end - first);
            const bool bounded =
                end < line.size() && (line[end] == '>' || line[end] == ' ' || line[end] == '/');
            const bool breaking = IsOneOf(name, BREAKING_TAGS);
            if (close != line.npos && bounded &&
                (breaking || IsOneOf(name, INLINE_TAGS) || EqualIgnoringCase(name, "doctype")))
            {
                undone.insert("a page's tags");
                const bool isCellEnd = line[at + 1] == '/' && (EqualIgnoringCase(name, "td") ||
                                                               EqualIgnoringCase(name, "th"));
                text += breaking && !text.empty() && text.back() != '\n' ? "\n" : "";
                text += isCellEnd && !text.empty() && !scan::IsSpace(text.back()) ? " " : "";
                at = close;
                continue;
            }
        }
        std::string_view behind = line.substr(at);
        if (const std::string character = TakeNumericEntity(behind); !character.empty())
        {
            undone.insert("a page's entities");
            text += character;
            at = line.size() - behind.size() - 1;
            continue;
        }
        const auto* const entity =
            line[at] == '&' ? std::find_if(ENTITIES.begin(),
                                           ENTITIES.end(),
                                           [&](const auto& known)
                                           { return StartsWith(line.substr(at), known.first); })
                            : ENTITIES.end();
        if (entity != ENTITIES.end())
        {
            undone.insert("a page's entities");
            text += entity->second;
            at += entity->first.size() - 1;
            continue;
        }
        text += line[at];
    }
    return std::string(TrimEnd(text, "\n"));
}

std::string
WithPlainCharacters(std::string_view line, std::set<std::string>& undone)
{
    std::string text;
    for (std::string_view rest = line; !rest.empty();)
    {
        if (SkipColor(rest))
        {
            undone.insert("colors");
            continue;
        }
        const std::size_t length = Utf8Length(rest);
        const std::string_view character = rest.substr(0, std::max<std::size_t>(length, 1));
        rest.remove_prefix(character.size());
        if (length == 0 && character[0] == '\xA0')
        {
            undone.insert("no-break spaces");
            text += ' ';
            continue;
        }
        const auto* const known =
            length < 2 ? LOOKALIKES.end()
                       : std::find_if(LOOKALIKES.begin(),
                                      LOOKALIKES.end(),
                                      [&](const auto& one) { return one.first == character; });
        if (known == LOOKALIKES.end())
        {
            text += character;
            continue;
        }
        text += known->second;
        undone.insert(known->second == " " || known->second.empty() ? "no-break spaces"
                                                                    : "typographic characters");
    }
    return text;
}

} // namespace bouncelab::detectors
