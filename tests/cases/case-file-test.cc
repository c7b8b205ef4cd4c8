#include "tests/cases/case-file.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <stdexcept>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::test;

/// A folder with base.txt, in which one file of cases is read.
class Folder
{
  public:
    Folder()
        : m_path(fs::temp_directory_path() / "bouncelab-case-file-test")
    {
        fs::create_directories(m_path);
        Write("base.txt", "one\ntwo\n\nfour\ntwo\n");
    }

    ~Folder() { fs::remove_all(m_path); }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void Write(const std::string& name, const std::string& text) const
    {
        std::ofstream(m_path / name, std::ios::binary) << text;
    }

    std::vector<Case> Read(const std::string& text) const
    {
        Write("file.txt", text);
        return ReadCases(m_path / "file.txt");
    }

    void Refuse(const std::string& text, const std::string& message) const
    {
        BOOST_CHECK_EXCEPTION(Read(text),
                              std::runtime_error,
                              [&](const std::runtime_error& error)
                              {
                                  BOOST_TEST(error.what() == message);
                                  return true;
                              });
    }

  private:
    fs::path m_path;
};

BOOST_AUTO_TEST_SUITE(case_file)

BOOST_AUTO_TEST_CASE(ACaseFromNothingIsItsOwnText)
{
    const auto cases = Folder().Read("# About.\n\n=== a\n- x\n\n  y\n! z\n! w\n=== b\n! v\n");
    BOOST_REQUIRE(cases.size() == 2);
    BOOST_TEST(cases[0].name == "a");
    BOOST_TEST(cases[0].at == "file.txt:3");
    BOOST_TEST(cases[0].Text() == "- x\n  y\n");
    BOOST_TEST(cases[0].lines[1].at == "file.txt:6");
    BOOST_TEST((cases[0].expected == std::vector<std::string>{"z", "w"}));
    BOOST_TEST(cases[1].Text() == "");
}

BOOST_AUTO_TEST_CASE(OtherCasesAreChanges)
{
    const auto cases =
        Folder().Read("from base.txt\n=== a\n-two\n+2\n four\n+5\n-two\n"
                      "=== b from a\n-one\n...\n+6\n=== c from nothing\nx\n=== d\n+zero\n");
    BOOST_REQUIRE(cases.size() == 4);
    BOOST_TEST(cases[0].Text() == "one\n2\n\nfour\n5\n");
    BOOST_TEST(cases[0].lines[0].at == "base.txt:1");
    BOOST_TEST(cases[0].lines[1].at == "file.txt:4");
    BOOST_TEST(cases[1].Text() == "2\n\nfour\n5\n6\n");
    BOOST_TEST(cases[2].Text() == "x\n");
    BOOST_TEST(cases[3].Text() == "zero\none\ntwo\n\nfour\ntwo\n");
}

BOOST_AUTO_TEST_CASE(ACaseMayHoldFiles)
{
    const auto cases =
        Folder().Read("=== a\nx\n--- f\n# one\n\ntwo\n\n! y\n"
                      "=== b from a with base.txt\n-x\n=== c from nothing plus b\nw\n");
    BOOST_REQUIRE(cases.size() == 3);
    BOOST_TEST(cases[2].Text() == "w\n" + cases[1].Text());
    BOOST_TEST(cases[0].Text() == "x\n--- f\n# one\n\ntwo\n");
    BOOST_TEST(cases[1].Text() == "--- f\n# one\n\ntwo\n--- base.txt\none\ntwo\n\nfour\ntwo\n");
}

BOOST_AUTO_TEST_CASE(ACaseOfAnotherFileIsABase)
{
    const Folder folder;
    folder.Write("other.txt", "=== a\nx\n");
    BOOST_TEST(folder.Read("=== b from other.txt:a\n+y\n").at(0).Text() == "y\nx\n");
    folder.Refuse("=== b from other.txt:c\n",
                  "file.txt:1: found from other.txt:c, expected a case above, a file beside this "
                  "one, FILE:CASE of such a file, or nothing");
}

BOOST_AUTO_TEST_CASE(EscapesAreOctets)
{
    const auto cases = Folder().Read("=== a\n\\x23 \\u4f60\\x00\\xFF{3}\\xZZ\n! \\x41\n");
    BOOST_TEST(cases.at(0).Text() == std::string("# \\u4f60\0\xFF\xFF\xFF\\xZZ\n", 17));
    BOOST_TEST(cases.at(0).expected.at(0) == "\\x41");
}

BOOST_AUTO_TEST_CASE(AFileThatIsWrongSaysWhere)
{
    const Folder folder;
    folder.Refuse("one\n", "file.txt:1: found `one`, expected === and the name of a case");
    folder.Refuse("=== a from b\n",
                  "file.txt:1: found from b, expected a case above, a file beside this one, "
                  "FILE:CASE of such a file, or nothing");
    folder.Refuse("=== a\n=== a\n",
                  "file.txt:2: found a second case a, expected a name of its own");
    folder.Refuse(
        "=== a from base.txt\none\n",
        "file.txt:2: found `one`, expected ..., or a line that begins with -, +, ! or a space");
    folder.Refuse("=== a from base.txt\n-four\n-one\n",
                  "file.txt:3: found `one`, expected a line of what is changed, behind the change "
                  "before this one");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
