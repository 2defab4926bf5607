#include "ingest/text/markdown_blocks.h"

#include <algorithm>
#include <charconv>

#include "ingest/text/ascii.h"

namespace circuit::text {
namespace {

constexpr long long kLargestNumber = 999'999'999; // CommonMark reads nine digits
constexpr size_t kLargestSpan = 1000;
constexpr size_t kLargestCell = 4000; // bytes; who writes more in a cell lays out a page

long long number_of(std::string_view text, long long otherwise) {
  text = trim_ascii(text);
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && value >= 0 && value <= kLargestNumber ? value : otherwise;
}

size_t span_of(const HtmlElement& cell, std::string_view attribute) {
  const long long span = number_of(cell.value(attribute), 1);
  return std::clamp<size_t>(static_cast<size_t>(span), 1, kLargestSpan);
}

Alignment alignment_of(const HtmlElement& cell) {
  const std::string align = ascii_lower(cell.value("align"));
  const std::string style = ascii_lower(cell.value("style"));
  const auto says = [&](std::string_view side) {
    if (align == side) return true;
    const size_t at = style.find("text-align:");
    return at != std::string::npos && trim_ascii(std::string_view(style).substr(at + 11)).starts_with(side);
  };
  if (says("left")) return Alignment::kLeft;
  if (says("center")) return Alignment::kCenter;
  return says("right") ? Alignment::kRight : Alignment::kNone;
}

// What was written for a cell, for a place outside of any: in a code span the backslash would show.
std::string without_escaped_bars(std::string_view cell) {
  std::string out;
  for (size_t i = 0; i < cell.size(); ++i) {
    if (cell.substr(i, 2) == "\\|") continue;
    out += cell[i];
  }
  return out;
}

} // namespace

void MarkdownLists::begin_list(MarkdownWriter& out, const HtmlElement& element) {
  List list;
  list.ordered = element.tag == Tag::kOl;
  if (list.ordered) {
    list.marker = '.';
    list.number = number_of(element.value("start"), 1);
  }
  const bool nested = !lists_.empty();
  out.block_break(nested ? 1 : 2);
  if (nested && !lists_.back().in_item &&
      !out.is_single_line()) { // <ul><li>a</li><ul>: belongs to the item before
    list.indented = true;
    const std::string indent(lists_.back().indent, ' ');
    out.open_container(indent, indent);
  }
  // Two lists in a row would be read as one.
  if (!nested && ended_.at == out.size() && ended_.ordered == list.ordered) {
    list.marker = list.ordered ? (ended_.marker == '.' ? ')' : '.') : (ended_.marker == '-' ? '*' : '-');
  }
  lists_.push_back(list);
}

void MarkdownLists::end_list(MarkdownWriter& out) {
  if (lists_.empty()) return;
  const List list = lists_.back();
  lists_.pop_back();
  if (list.indented) out.close_container();
  out.block_break(lists_.empty() ? 2 : 1);
  ended_ = {out.size(), list.ordered, list.marker};
}

void MarkdownLists::begin_item(MarkdownWriter& out, const HtmlElement& element) {
  if (lists_.empty()) {
    lists_.emplace_back();
    lists_.back().orphan = true;
  }
  List& list = lists_.back();
  if (list.ordered) list.number = number_of(element.value("value"), list.number);
  out.block_break(1);
  list.in_item = true;
  list.contained = !out.is_single_line();
  if (!list.contained) return out.text("\xE2\x80\xA2 "); // a bullet in the line
  std::string marker(1, list.marker);
  if (list.ordered) marker.insert(0, std::to_string(std::min(list.number++, kLargestNumber)));
  marker += ' ';
  list.indent = marker.size();
  out.open_container(marker, std::string(marker.size(), ' '));
}

void MarkdownLists::end_item(MarkdownWriter& out) {
  if (lists_.empty()) return;
  List& list = lists_.back();
  if (list.contained) out.close_container();
  list.in_item = list.contained = false;
  if (list.orphan) lists_.pop_back();
  out.block_break(1);
}

void MarkdownTables::begin_table(const HtmlElement& element) {
  main_.block_break(2);
  tables_.emplace_back();
  tables_.back().layout = element.attribute("role") == "presentation" || main_.is_single_line();
}

void MarkdownTables::end_table() {
  if (tables_.empty()) return;
  end_cell();
  const Table table = std::move(tables_.back());
  tables_.pop_back();
  if (table.layout) return main_.block_break(2);
  if (table.rows.is_data()) return main_.block(table.rows.render());
  write_contents(table.rows);
}

void MarkdownTables::begin_row() {
  if (collects())
    tables_.back().rows.begin_row();
  else
    main_.block_break(2);
}

void MarkdownTables::end_row() {
  if (!collects()) main_.block_break(2);
}

void MarkdownTables::begin_cell(const HtmlElement& element) {
  if (!collects()) return main_.block_break(2);
  end_cell();
  Table& table = tables_.back();
  table.cell = std::make_unique<MarkdownWriter>(MarkdownWriter::Shape::kLine, 0);
  table.attributes = {{},
                      element.tag == Tag::kTh,
                      alignment_of(element),
                      span_of(element, "colspan"),
                      span_of(element, "rowspan")};
}

void MarkdownTables::end_cell() {
  if (!collects()) return main_.block_break(2);
  Table& table = tables_.back();
  if (!table.cell) return;
  table.attributes.markdown = table.cell->finish();
  table.cell.reset();
  const bool too_long = table.attributes.markdown.size() > kLargestCell;
  table.rows.add(std::move(table.attributes));
  if (too_long) leave_data();
}

void MarkdownTables::leave_data() {
  if (!collects()) return;
  Table& table = tables_.back();
  table.layout = true;
  write_contents(table.rows);
  if (!table.cell) return;
  const std::string begun = table.cell->finish();
  table.cell.reset();
  if (!begun.empty()) main_.word(without_escaped_bars(begun));
}

void MarkdownTables::write_contents(const MarkdownTable& rows) {
  for (const std::string& content : rows.contents()) {
    main_.block_break(2);
    main_.word(without_escaped_bars(content));
  }
  main_.block_break(2);
}

size_t MarkdownTables::bytes() const {
  if (tables_.empty()) return 0;
  return tables_.back().rows.bytes() + (tables_.back().cell ? tables_.back().cell->size() : 0);
}

} // namespace circuit::text
