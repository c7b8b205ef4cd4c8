#include "lab/spec/overrider.h"

namespace bouncelab::spec
{

Override
Override::Parse(const std::string& text)
{
    const Location at{std::make_shared<const std::string>("--set " + Quote(text)), 0, 0};
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
    {
        throw SpecError(at, "", "found no key and value, expected KEY=VALUE");
    }
    Override change;
    change.path = text.substr(0, equals);
    const std::string value = text.substr(equals + 1);
    if (value.empty())
    {
        change.value.kind = TextNode::Kind::Nothing;
    }
    else if (value == "~" || value == "null")
    {
        change.value.kind = TextNode::Kind::Null;
    }
    else if (std::string_view("[{\"'").find(value[0]) != std::string_view::npos)
    {
        change.value = ParseTree(value, *at.file);
    }
    else
    {
        change.value.kind = TextNode::Kind::Scalar;
        change.value.text = value;
    }
    change.value.at = at;
    return change;
}

void
Overrider::FailUnknown(const std::string& path,
                       std::string_view word,
                       const std::vector<std::string_view>& known) const
{
    throw SpecError(m_change->value.at,
                    JoinPath(path, word),
                    known.empty() ? "no such key, expected nothing inside " + Quote(path)
                                  : "no such key" + Suggest(word, known));
}

} // namespace bouncelab::spec
