// Goal: addresses are found in every part of a page, at their place in the file, through markup
// that a reader does not see. Method: pages by hand, and gumbo, a full HTML parser, as an oracle of
// what is text, attribute and comment on random small pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <gumbo.h>

#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "adverts/html_scanner.h"
#include "tests/adverts/support.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Str(std::string_view text) { return std::string(text); }

// The one identifier of a page, or a failure.
Identifier One(std::string_view page) {
  const auto found = ExtractHtml(page);
  EXPECT_EQ(found.size(), 1u) << page;
  return found.size() == 1 ? found[0] : Identifier();
}

TEST(Html, FindsTextAttributesCommentsAndScripts) {
  const std::string a = Str(kP2pkh);
  EXPECT_THAT(One(absl::StrCat("<p>", a, "</p>")).steps, ElementsAre("html_text"));
  EXPECT_THAT(One(absl::StrCat("<a href='bitcoin:", a, "?amount=1'>x</a>")).steps,
              ElementsAre("html_attribute:href", "bitcoin_uri"));
  EXPECT_THAT(One(absl::StrCat("<INPUT VALUE=", a, ">")).steps,
              ElementsAre("html_attribute:value"));
  EXPECT_THAT(One(absl::StrCat("<div data-address = \"", a, "\" hidden>")).steps,
              ElementsAre("html_attribute:data-address"));
  EXPECT_THAT(One(absl::StrCat("<meta name=description content=\"to ", a, "\">")).steps,
              ElementsAre("html_attribute:content"));
  EXPECT_THAT(One(absl::StrCat("<!-- ", a, " -->")).steps, ElementsAre("html_comment"));
  EXPECT_THAT(One(absl::StrCat("<script>var a = '", a, "';</script>")).steps,
              ElementsAre("html_script"));
  EXPECT_THAT(One(absl::StrCat("<style>.x::after{content:\"", a, "\"}</style>")).steps,
              ElementsAre("html_style"));
  EXPECT_THAT(One(absl::StrCat("<title>", a, "</title>")).steps, ElementsAre("html_text"));
  EXPECT_THAT(One(absl::StrCat("<textarea>", a, "</textarea>")).steps, ElementsAre("html_text"));
  EXPECT_THAT(One(absl::StrCat("<img alt='", a, "'")).steps, ElementsAre("html_attribute:alt"));
}

TEST(Html, JoinsWhatMarkupSplits) {
  const std::string h = Str(kP2pkh.substr(0, 9));
  const std::string t = Str(kP2pkh.substr(9));
  const struct {
    std::string page;
    Steps steps;
  } cases[] = {
      {absl::StrCat("<p><b>", h, "</b>", t, "</p>"), {"html_text", "html_tag"}},
      {absl::StrCat(h, "<span class='x' title=\"a > b\">", t), {"html_text", "html_tag"}},
      {absl::StrCat(h, "<!-- decoy -->", t), {"html_text", "html_tag"}},
      {absl::StrCat(h, "<wbr>", t), {"html_text", "html_tag"}},
      {absl::StrCat(h, "<br>", t), {"html_text", "line_wrap"}},
      {absl::StrCat("<code>", h, "\n   ", t, "</code>"), {"html_text", "line_wrap"}},
      {absl::StrCat(h, "&shy;", t), {"html_text", "html_entity", "soft_hyphen"}},
      {absl::StrCat(h, "&#8203;", t), {"html_text", "html_entity", "zero_width"}},
      {absl::StrCat(h, "<b></b>&zwnj;", t), {"html_text", "html_entity", "html_tag", "zero_width"}},
  };
  for (const auto& [page, steps] : cases) {
    SCOPED_TRACE(page);
    const Identifier found = One(page);
    EXPECT_EQ(found.value, kP2pkh);
    EXPECT_EQ(found.steps, steps);
    EXPECT_EQ(found.offset, page.find(h));
    EXPECT_EQ(found.raw, page.substr(page.find(h), page.find(t) + t.size() - page.find(h)));
  }
}

TEST(Html, EndsWordsAtBlocks) {
  const std::string h = Str(kP2pkh.substr(0, 9));
  const std::string t = Str(kP2pkh.substr(9));
  for (const char* between : {"</td><td>", "<p>", "</div><div>", "<li>", "<hr>", "<br><br>",
                              "<script></script>", " <b>", "<img>"}) {
    EXPECT_THAT(ExtractHtml(absl::StrCat("<div>", h, between, t)), IsEmpty()) << between;
  }
  const auto cells =
      ExtractHtml(absl::StrCat("<td>Address</td><td>", Str(kP2pkh), "</td><td>copy</td>"));
  EXPECT_THAT(Values(cells), ElementsAre(Str(kP2pkh)));
  const auto glued = ExtractHtml(absl::StrCat("<b>BTC</b><i>", Str(kP2pkh), "</i><a>copy</a>"));
  EXPECT_THAT(Values(glued), ElementsAre(Str(kP2pkh)));
}

TEST(Html, CountsLineBreaksAsTheyShow) {
  const std::string h = Str(kP2pkh.substr(0, 9));
  const std::string t = Str(kP2pkh.substr(9));
  // Line ends of the source are white space beside a <br>.
  for (const char* between : {"<br>\n", "<br />\r\n    ", "\n<br>\n", "\n\n<br>", "<br>\n\n"}) {
    const std::string page = absl::StrCat("<p>", h, between, t);
    EXPECT_EQ(One(page).value, kP2pkh) << between;
    EXPECT_THAT(One(page).steps, ElementsAre("html_text", "line_wrap"));
  }
  for (const char* between : {"<br>\n<br>\n", "\n\n", "<br><br>"}) {
    EXPECT_THAT(ExtractHtml(absl::StrCat("<p>", h, between, t)), IsEmpty()) << between;
  }
  // Where the source is shown as it is, they count.
  for (const std::string element : {"pre", "textarea"}) {
    const std::string open = absl::StrCat("<", element, ">");
    EXPECT_EQ(One(absl::StrCat(open, h, "\n", t)).value, kP2pkh);
    EXPECT_THAT(ExtractHtml(absl::StrCat(open, h, "\n\n", t)), IsEmpty());
  }
  EXPECT_THAT(ExtractHtml(absl::StrCat("<pre>", h, "<br>\n", t, "</pre>")), IsEmpty());
  EXPECT_EQ(One(absl::StrCat("<pre>x</pre>", h, "<br>\n", t)).value, kP2pkh);
}

TEST(Html, JoinsAnAddressOfOneLetterTags) {
  std::string page = "<p>";
  for (const char c : kP2tr) absl::StrAppend(&page, "<span>", std::string(1, c), "</span>");
  EXPECT_EQ(One(page).value, kP2tr);
}

TEST(Html, UndoesCharacterReferences) {
  const std::string t = Str(kP2pkh.substr(1));
  for (const char* one : {"&#49;", "&#x31;", "&#X0031;", "&#0000000000049;"}) {
    const std::string page = absl::StrCat("<p title='t'>", one, t, "</p>");
    const Identifier found = One(page);
    EXPECT_EQ(found.value, kP2pkh) << one;
    EXPECT_EQ(found.offset, page.find(one));
    EXPECT_EQ(found.raw, absl::StrCat(one, t));
    EXPECT_THAT(found.steps, ElementsAre("html_text", "html_entity"));
  }
  EXPECT_THAT(One(absl::StrCat("<a href='bitcoin&colon;", Str(kP2pkh), "&quest;'>")).steps,
              ElementsAre("html_attribute:href", "bitcoin_uri"));
  // No references inside scripts and comments, and no number beyond Unicode wraps round to a
  // letter.
  EXPECT_THAT(ExtractHtml(absl::StrCat("<script>&#49;", t, "</script>")), IsEmpty());
  EXPECT_THAT(ExtractHtml(absl::StrCat("&#4294967345;", t)), IsEmpty());
}

TEST(Html, UndoesOldReferencesWithoutTheirEnd) {
  const std::string h = Str(kP2pkh.substr(0, 9));
  const std::string t = Str(kP2pkh.substr(9));
  const std::string page = absl::StrCat("<p>", h, "&shy", t);
  EXPECT_EQ(One(page).value, kP2pkh);
  EXPECT_EQ(One(page).raw, absl::StrCat(h, "&shy", t));
  EXPECT_THAT(One(page).steps, ElementsAre("html_text", "html_entity", "soft_hyphen"));
  // What they stand for ends a word; their letters are none of it.
  for (const char* before : {"&nbsp", "&copy", "&yuml", "&AMP", "&not", "&frac12", "&nbsp;"}) {
    EXPECT_EQ(One(absl::StrCat("<p>", before, Str(kP2pkh))).value, kP2pkh) << before;
  }
  EXPECT_THAT(ExtractHtml(absl::StrCat("<p>&zwj", Str(kP2pkh))), IsEmpty());  // not an old one
  // In an attribute they end before '=', letters and digits only with ';'.
  EXPECT_THAT(ExtractHtml(absl::StrCat("<a href='?x&copy", Str(kP2pkh), "'>")), IsEmpty());
  EXPECT_EQ(One(absl::StrCat("<a href='?x&copy=", Str(kP2pkh), "'>")).value, kP2pkh);
  EXPECT_EQ(One(absl::StrCat("<a title='", h, "&shy;", t, "&copy'>")).value, kP2pkh);
}

TEST(Html, UndoesPercentEncodingInLinks) {
  const std::string page = absl::StrCat("<a href=\"https://w.example/?u=bitcoin%3A", Str(kP2wpkh),
                                        "%3Famount\">pay</a>");
  EXPECT_THAT(One(page).steps,
              ElementsAre("html_attribute:href", "bitcoin_uri", "percent_encoding"));
}

TEST(Html, UndoesEscapesInScriptsAndAttributes) {
  const std::string a = Str(kP2pkh);
  EXPECT_THAT(One(absl::StrCat("<script>var x = \"pay\\n", a, "\";</script>")).steps,
              ElementsAre("html_script", "json_escape"));
  EXPECT_THAT(One(absl::StrCat("<b data-ad='{&quot;to&quot;:&quot;\\t", a, "&quot;}'>")).steps,
              ElementsAre("html_attribute:data-ad", "json_escape"));
}

TEST(Html, ReadsBrokenPages) {
  const std::string a = Str(kP2pkh);
  for (const std::string& page :
       {absl::StrCat("<", a), absl::StrCat("< ", a), absl::StrCat("<p", " x=", a),
        absl::StrCat("<!", a, ">"), absl::StrCat("<!-- ", a), absl::StrCat("</", a, ">"),
        absl::StrCat("<script>", a), absl::StrCat("<a href=\"", a), absl::StrCat("<?php ", a),
        absl::StrCat("<![CDATA[", a, "]]>"), absl::StrCat("<p>", a, "<"),
        absl::StrCat("<plaintext>", a, "</plaintext>"), absl::StrCat("<!-->", a),
        absl::StrCat("<!--->", a), absl::StrCat("<!-- x --!>", a),
        absl::StrCat("\xff\xfd<p>", a)}) {
    EXPECT_EQ(ExtractHtml(page).size(), 1u) << page;
  }
}

// What gumbo sees of a page: text of each kind, in the order of the document.
struct Parts {
  std::string text;  // visible characters, white space dropped
  std::multiset<std::pair<std::string, std::string>> attributes;
  std::multiset<std::string> comments;
  std::multiset<std::string> hidden;

  friend bool operator==(const Parts&, const Parts&) = default;
};

void AddSqueezed(std::string_view text, std::string* to) {
  for (const char c : text) {
    if (c != ' ' && c != '\n') to->push_back(c);
  }
}

Parts PartsByGumbo(std::string_view page) {
  Parts parts;
  GumboOutput* output = gumbo_parse_with_options(&kGumboDefaultOptions, page.data(), page.size());
  std::vector<const GumboNode*> stack = {output->document};
  while (!stack.empty()) {
    const GumboNode* node = stack.back();
    stack.pop_back();
    if (node->type == GUMBO_NODE_COMMENT) parts.comments.insert(node->v.text.text);
    if (node->type == GUMBO_NODE_TEXT) {
      const GumboTag parent = node->parent->v.element.tag;
      if (parent == GUMBO_TAG_SCRIPT || parent == GUMBO_TAG_STYLE) {
        parts.hidden.insert(node->v.text.text);
      } else {
        AddSqueezed(node->v.text.text, &parts.text);
      }
    }
    const GumboVector* children = nullptr;
    if (node->type == GUMBO_NODE_DOCUMENT) children = &node->v.document.children;
    if (node->type == GUMBO_NODE_ELEMENT) {
      children = &node->v.element.children;
      for (unsigned i = 0; i < node->v.element.attributes.length; ++i) {
        const auto* attribute =
            static_cast<const GumboAttribute*>(node->v.element.attributes.data[i]);
        if (attribute->value[0] != '\0')
          parts.attributes.emplace(attribute->name, attribute->value);
      }
    }
    for (unsigned i = children != nullptr ? children->length : 0; i-- > 0;) {
      stack.push_back(static_cast<const GumboNode*>(children->data[i]));
    }
  }
  gumbo_destroy_output(&kGumboDefaultOptions, output);
  return parts;
}

class PartsSink final : public HtmlSink {
 public:
  explicit PartsSink(std::string_view page) : page_(page) {}
  Parts parts;

  void OnText(std::uint64_t offset, std::string_view text, bool) override {
    Check(offset, text);
    AddSqueezed(text, &parts.text);
  }
  void OnTag(const std::string&, bool, TagFlow) override {}
  void OnAttribute(const std::string&, const std::string& name, std::uint64_t offset,
                   std::string_view value) override {
    Check(offset, value);
    parts.attributes.emplace(name, value);
  }
  void OnComment(std::uint64_t offset, std::string_view text) override {
    Check(offset, text);
    parts.comments.emplace(text);
  }
  void OnHidden(const std::string&, std::uint64_t offset, std::string_view text) override {
    Check(offset, text);
    parts.hidden.emplace(text);
  }

 private:
  void Check(std::uint64_t offset, std::string_view text) const {
    EXPECT_EQ(page_.substr(offset, text.size()), text);
  }
  const std::string_view page_;
};

TEST(Html, SplitsRandomPagesAsAFullParserDoes) {
  // Without character references (decoded later) and tables (whose text a tree builder moves).
  constexpr std::string_view kParts[] = {"<b>",
                                         "</b>",
                                         "<p class=one>",
                                         "</p>",
                                         "<span title='a b'>",
                                         "</span>",
                                         "text ",
                                         "more",
                                         "<!-- note -->",
                                         "<br/>",
                                         "<a href=\"x?y=z\" rel=q>",
                                         "</a>",
                                         "<script>if (a<b) c;</script>",
                                         "<style>p{}</style>",
                                         "<div data-x = 1>",
                                         "</div>",
                                         "<ul><li>",
                                         "</ul>",
                                         "< ",
                                         "3<4 ",
                                         "a>b",
                                         "<i\nid=\n'n'>",
                                         "</i >",
                                         "<!-- a -- b -->",
                                         "<textarea>t<b>u</textarea>",
                                         "<h2/>",
                                         "&",
                                         "<em x y=''>",
                                         "</em>",
                                         "<?pi?>",
                                         "<input value=v disabled>"};
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string page = "<!DOCTYPE html><html><head><title>T</title></head><body>";
    for (std::uint64_t n = random() % 12; n > 0; --n) page += kParts[random() % std::size(kParts)];
    page += "</body></html>";
    PartsSink sink(page);
    ScanHtml(page, &sink);
    Parts ours = sink.parts;
    ours.comments.erase("DOCTYPE html");  // a declaration, no comment node
    Parts theirs = PartsByGumbo(page);
    // A tree builder opens formatting elements again and again; we report each tag once.
    const std::set<std::pair<std::string, std::string>> our_set(ours.attributes.begin(),
                                                                ours.attributes.end());
    const std::set<std::pair<std::string, std::string>> their_set(theirs.attributes.begin(),
                                                                  theirs.attributes.end());
    EXPECT_EQ(our_set, their_set) << page;
    EXPECT_EQ(ours.text, theirs.text) << page;
    EXPECT_EQ(ours.hidden, theirs.hidden) << page;
    EXPECT_EQ(ours.comments.size(), theirs.comments.size()) << page;
  }
}

TEST(Html, SurvivesRandomBytes) {
  constexpr std::string_view kPieces[] = {"<",
                                          ">",
                                          "!--",
                                          "-->",
                                          "/",
                                          "a",
                                          " ",
                                          "=",
                                          "\"",
                                          "'",
                                          "&#",
                                          "49;",
                                          "script",
                                          "style",
                                          "title",
                                          "\n",
                                          "\xe2\x80\x8b",
                                          "%3",
                                          "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                                          "\xff",
                                          "<br>",
                                          "bitcoin:"};
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string page;
    for (std::uint64_t n = random() % 40; n > 0; --n)
      page += kPieces[random() % std::size(kPieces)];
    std::uint64_t last = 0;
    for (const Identifier& found : ExtractHtml(page)) {
      EXPECT_EQ(found.value, kP2pkh);
      EXPECT_GE(found.offset, last);
      last = found.offset;
    }
  }
}

}  // namespace
}  // namespace coinwake::test
