#include <optional>
#include <vector>

#include "ingest/text/ascii.h"
#include "ingest/text/html.h"
#include "ingest/text/html_links.h"
#include "ingest/text/html_parse.h"
#include "ingest/text/markdown_blocks.h"
#include "ingest/text/markdown_code.h"
#include "ingest/text/markdown_escape.h"
#include "ingest/text/markdown_writer.h"

namespace circuit::text {
namespace {

using enum Tag;

// Elements that vanish with all they hold: machinery, controls, and what is drawn or played rather than
// written.
bool is_dropped_whole(const HtmlElement& element) {
  // Annotations of formulas repeat them in another notation.
  if (element.tag == kUnknown) return element.name == "annotation" || element.name == "annotation-xml";
  return is_one_of(element.tag, {kApplet, kAudio, kButton, kDatalist, kIframe, kNoembed, kNoframes, kRp,
                                 kScript, kSelect, kStyle, kSvg, kTemplate, kTextarea, kTitle, kVideo});
}

std::optional<InlineKind> inline_kind_of(Tag tag) {
  if (is_one_of(tag, {kB, kStrong, kSummary, kDt})) return InlineKind::kStrong;
  if (is_one_of(tag, {kI, kEm})) return InlineKind::kEmphasis;
  if (is_one_of(tag, {kS, kStrike, kDel})) return InlineKind::kStrike;
  return std::nullopt;
}

bool is_list(Tag tag) { return is_one_of(tag, {kUl, kOl, kDl, kDir, kMenu}); }
bool is_item(Tag tag) { return tag == kLi || tag == kDd; }
bool is_cell(Tag tag) { return tag == kTd || tag == kTh; }

// Elements that make a block even inside the cell of a table, which therefore is there for the layout.
bool needs_block(Tag tag) { return is_heading(tag) || is_one_of(tag, {kPre, kTable, kBlockquote}); }

class MarkdownEvents final : public HtmlEvents {
 public:
  MarkdownEvents(const HtmlOptions& options, size_t html_bytes)
      : options_(options), main_(MarkdownWriter::Shape::kBlocks, options.max_output_bytes), tables_(main_) {
    main_.reserve(html_bytes); // Markdown is shorter, as a rule; growing a long string is half of the work
  }

  void open(const HtmlElement& element) override {
    const TagTraits traits = traits_of(element.tag);
    if (traits.is_void) return open_void(element);
    const bool hidden = is_hidden(element);
    const bool drops = dropping_ > 0 || hidden || is_dropped_whole(element);
    open_.push_back(drops);
    if (!drops) return open_content(element, traits);
    if (dropping_++ == 0 && !hidden) open_dropped(element);
  }

  void close(Tag tag, std::string_view) override {
    const bool dropped = open_.back();
    open_.pop_back();
    if (!dropped) return close_content(tag);
    if (--dropping_ == 0) close_dropped(tag);
  }

  void text(std::string_view utf8) override {
    if (dropping_ > 0) return;
    if (code_.in_block() || code_.in_span()) return code_.text(utf8);
    writer().text(utf8);
  }

  bool wants_more() const override {
    if (options_.max_output_bytes > 0 && main_.size() + tables_.bytes() > options_.max_output_bytes)
      stopped_ = true; // for good, even though closing what is open may shorten the text
    return !stopped_;
  }

  MarkdownText finish() {
    std::string markdown = main_.finish();
    return {std::move(markdown), stopped_ || main_.was_cut()};
  }

 private:
  MarkdownWriter& writer() { return tables_.writer(); }
  std::string link_to(std::string_view url) const { return safe_link(options_.base_url, url); }

  void open_void(const HtmlElement& element) {
    if (element.tag == kSource) return note_source(element); // of a video, which is dropped but for its link
    if (dropping_ > 0) return;
    if (element.tag == kBr) write_line_break();
    if (element.tag == kHr) write_rule();
    if (element.tag == kImg) write_image(element);
    if (element.tag == kEmbed) write_embedded(element);
  }

  void write_line_break() {
    if (code_.in_block() || code_.in_span()) return code_.line_break();
    writer().line_break();
  }

  void write_rule() {
    if (code_.in_block()) return;
    code_.interrupt_span(writer());
    tables_.leave_data();
    main_.block("---");
  }

  void note_source(const HtmlElement& element) {
    if (media_open_) {
      if (media_link_.empty()) media_link_ = link_to(element.value("src"));
    } else if (element.attribute("srcset")) {
      picture_source_ = largest_candidate(element.value("srcset"));
    }
  }

  void open_content(const HtmlElement& element, const TagTraits& traits) {
    const Tag tag = element.tag;
    if (code_.in_block()) return code_.open_in_block(element);
    if (is_code_span(tag)) return code_.begin_span();
    if (code_.in_span()) {
      if (!traits.is_block) return;
      code_.interrupt_span(writer());
    }
    if (needs_block(tag)) tables_.leave_data();
    if (traits.is_block) open_block(element);
    if (const auto kind = inline_kind_of(tag)) writer().open_inline(*kind);
    if (tag == kA) open_link(element);
    if (tag == kQ) writer().text("\xE2\x80\x9C");
    if (tag == kRt) writer().text("(");
    if (tag == kPicture) picture_source_.clear();
    if (tag == kNoscript) ++noscript_depth_;
  }

  void close_content(Tag tag) {
    if (code_.in_block()) return code_.close_in_block(tag, main_);
    if (is_code_span(tag)) return code_.end_span(writer());
    const bool is_block = traits_of(tag).is_block;
    if (code_.in_span()) {
      if (!is_block) return;
      code_.interrupt_span(writer());
    }
    if (const auto kind = inline_kind_of(tag)) writer().close_inline(*kind);
    if (is_block) close_block(tag);
    if (tag == kA) writer().close_inline(InlineKind::kLink);
    if (tag == kQ) writer().text("\xE2\x80\x9D");
    if (tag == kRt) writer().text(")");
    if (tag == kNoscript) --noscript_depth_;
  }

  // Of some elements that vanish a link stays.
  void open_dropped(const HtmlElement& element) {
    if (element.tag == kIframe) write_embedded(element);
    if (element.tag != kAudio && element.tag != kVideo) return;
    media_open_ = true;
    media_link_ = link_to(element.value("src"));
  }

  void close_dropped(Tag tag) {
    if (!media_open_) return;
    media_open_ = false;
    write_link_block(media_link_, tag == kAudio ? "Audio" : "Video");
  }

  void open_block(const HtmlElement& element) {
    const Tag tag = element.tag;
    MarkdownWriter& out = writer();
    if (is_list(tag)) return lists_.begin_list(out, element);
    if (is_item(tag)) return lists_.begin_item(out, element);
    if (is_cell(tag)) return tables_.begin_cell(element);
    if (tag == kTr) return tables_.begin_row();
    if (tag == kTable) return tables_.begin_table(element);
    out.block_break(2);
    if (tag == kBlockquote) out.open_container("> ", "> ");
    if (tag == kPre) code_.begin_block(element);
    if (is_heading(tag)) open_heading(out, static_cast<size_t>(tag) - static_cast<size_t>(kH1) + 1);
  }

  void close_block(Tag tag) {
    MarkdownWriter& out = writer();
    if (is_list(tag)) return lists_.end_list(out);
    if (is_item(tag)) return lists_.end_item(out);
    if (is_cell(tag)) return tables_.end_cell();
    if (tag == kTr) return tables_.end_row();
    if (tag == kTable) return tables_.end_table();
    if (is_heading(tag)) close_heading(out);
    out.block_break(2);
    if (tag != kBlockquote) return;
    out.close_container();
    out.block_break(2);
  }

  static void open_heading(MarkdownWriter& out, size_t level) {
    out.open_container(std::string(level, '#') + " ", "");
    out.begin_single_line();
  }

  static void close_heading(MarkdownWriter& out) {
    out.end_single_line();
    out.escape_closing_hashes();
    out.close_container();
  }

  void open_link(const HtmlElement& element) {
    // Without an address it is only text; the matching close finds nothing to close.
    const std::string link = link_to(element.value("href"));
    if (!link.empty()) writer().open_link(link, element.value("title"));
  }

  void write_image(const HtmlElement& element) {
    if (code_.in_block() || code_.in_span()) return;
    std::string_view source = image_source(element);
    if (source.empty()) source = picture_source_;
    if (is_tracking_image(element, source) || is_hidden(element)) return;
    const std::string link = link_to(source);
    if (link.empty()) return writer().text(element.value("alt"));
    if (noscript_depth_ > 0 && link == last_image_) return; // the fallback of the lazy image before it
    last_image_ = link;

    std::string markdown = "![" + link_text(element.value("alt")) + "](" + link_destination(link);
    const std::string title = link_title(element.value("title"));
    if (!title.empty()) markdown += " \"" + title + "\"";
    writer().word(markdown + ")");
  }

  void write_embedded(const HtmlElement& element) {
    if (code_.in_block() || is_hidden(element) || is_tracking_image(element, element.value("src"))) return;
    const std::string_view title = element.value("title");
    write_link_block(link_to(element.value("src")), title.empty() ? "Embedded content" : title);
  }

  void write_link_block(const std::string& link, std::string_view title) {
    if (link.empty()) return;
    MarkdownWriter& out = writer();
    out.block_break(2);
    out.open_link(link, {});
    out.text(title);
    out.close_inline(InlineKind::kLink);
    out.block_break(2);
  }

  const HtmlOptions& options_;
  MarkdownWriter main_;
  MarkdownLists lists_;
  MarkdownTables tables_;
  MarkdownCode code_;
  std::vector<bool> open_; // for each open element: whether it is dropped
  int dropping_ = 0;       // how many of them
  int noscript_depth_ = 0;
  bool media_open_ = false;
  mutable bool stopped_ = false; // some of the input was not read any more
  std::string media_link_, picture_source_, last_image_;
};

} // namespace

MarkdownText html_to_markdown(std::string_view html, const HtmlOptions& options) {
  MarkdownEvents events(options, html.size());
  parse_html(html, events);
  return events.finish();
}

} // namespace circuit::text
