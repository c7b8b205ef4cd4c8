#include "lab/scenario/text-tree.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::scenario;

namespace
{

TextNode
Merged(const std::string& base, const std::string& overlay)
{
    TextNode tree = ParseTree(base, "base.yaml");
    Merge(tree, ParseTree(overlay, "overlay.yaml"));
    return tree;
}

} // namespace

BOOST_AUTO_TEST_SUITE(merge)

BOOST_AUTO_TEST_CASE(MapsMergeAndTheRestReplaces)
{
    const TextNode tree = Merged("a: {x: 1, y: [1, 2]}\nb: 3\n", "a: {y: [9], z: 4}\nb: {c: 5}\n");
    BOOST_TEST(tree.Find("a")->Find("x")->text == "1");
    BOOST_TEST(tree.Find("a")->Find("y")->items.size() == 1U);
    BOOST_TEST(tree.Find("a")->Find("z")->text == "4");
    BOOST_TEST(tree.Find("b")->Find("c")->text == "5");
}

BOOST_AUTO_TEST_CASE(EveryValueKeepsItsPlace)
{
    const TextNode tree = Merged("a: {x: 1,\n  y: 2}\n", "\n\na:\n  y: 3\n");
    BOOST_TEST(tree.Find("a")->Find("x")->at.ToString() == "base.yaml:1:8");
    BOOST_TEST(tree.Find("a")->Find("y")->at.ToString() == "overlay.yaml:4:6");
}

BOOST_AUTO_TEST_CASE(NullKnowsWhetherItRemovesAnything)
{
    const TextNode tree = Merged("a: {x: 1}\n", "a: {x: ~, y: ~}\n");
    BOOST_TEST((tree.Find("a")->Find("x")->kind == TextNode::Kind::Null));
    BOOST_TEST(tree.Find("a")->Find("x")->replaces);
    BOOST_TEST(!tree.Find("a")->Find("y")->replaces);
}

BOOST_AUTO_TEST_SUITE_END()
