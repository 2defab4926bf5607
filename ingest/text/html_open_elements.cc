#include "ingest/text/html_open_elements.h"

namespace circuit::text {
namespace {

constexpr uint8_t kBlockRank = 2; // sections and lists
constexpr uint8_t kCellRank = 3;  // table cells and what is above them

bool is_paragraph(Tag tag) { return tag == Tag::kP; }
bool is_list_item(Tag tag) { return tag == Tag::kLi; }
bool is_link(Tag tag) { return tag == Tag::kA; }
bool is_option(Tag tag) { return tag == Tag::kOption; }
bool is_option_group(Tag tag) { return tag == Tag::kOptgroup; }
bool is_annotation(Tag tag) { return tag == Tag::kRt || tag == Tag::kRp; }
bool is_table_cell(Tag tag) { return tag == Tag::kTd || tag == Tag::kTh; }
bool is_row_group(Tag tag) { return tag == Tag::kTbody || tag == Tag::kThead || tag == Tag::kTfoot; }
bool is_description(Tag tag) { return tag == Tag::kDt || tag == Tag::kDd; }
bool is_before_rows(Tag tag) { return tag == Tag::kCaption || tag == Tag::kColgroup; }
bool is_ended_by_row(Tag tag) { return tag == Tag::kTr || is_before_rows(tag); }
bool is_ended_by_row_group(Tag tag) { return is_row_group(tag) || is_before_rows(tag); }

bool bounds_paragraph(Tag tag, uint8_t rank) { return rank >= kCellRank || tag == Tag::kButton; }
bool bounds_item(Tag tag, uint8_t rank) { return rank >= kBlockRank && tag != Tag::kDiv; }
bool bounds_cell(Tag, uint8_t rank) { return rank > kCellRank; }
bool bounds_row(Tag tag, uint8_t) { return tag == Tag::kTable || is_row_group(tag); }
bool bounds_row_group(Tag tag, uint8_t) { return tag == Tag::kTable; }
bool bounds_inline(Tag, uint8_t rank) {
  return rank > 0;
} // a link, a heading: what only text may stand between
bool bounds_annotation(Tag tag, uint8_t rank) { return tag == Tag::kRuby || rank > 0; }

} // namespace

void OpenElements::start_tag(const HtmlElement& element, const TagTraits& traits, bool self_closing) {
  imply_ends(element.tag, traits);
  if (traits.is_void) return events_.open(element);
  if (self_closing) { // XHTML, and feeds are full of it
    events_.open(element);
    return events_.close(element.tag, element.name);
  }
  if (open_.size() >= kHtmlDepth) {
    ++flattened_;
    return;
  }
  open_.push_back(
      {element.tag, traits.rank, element.tag == Tag::kUnknown ? std::string(element.name) : std::string()});
  paragraphs_ += element.tag == Tag::kP;
  events_.open(element);
}

void OpenElements::end_tag(Tag tag, std::string_view name) {
  if (flattened_ > 0) {
    --flattened_;
    return;
  }
  const uint8_t rank = traits_of(tag).rank;
  for (size_t i = open_.size(); i-- > 0;) {
    const Open& candidate = open_[i];
    const bool same = tag == Tag::kUnknown
                          ? candidate.tag == tag && candidate.name == name
                          : candidate.tag == tag || (is_heading(tag) && is_heading(candidate.tag));
    if (same) return close_down_to(i);
    if (candidate.rank > rank) return; // "<td>a</b></div>b": the cell goes on
  }
}

void OpenElements::imply_ends(Tag tag, const TagTraits& traits) {
  if (traits.closes_p && paragraphs_ > 0) close_in_scope(is_paragraph, bounds_paragraph);
  switch (tag) {
    case Tag::kLi:
      return close_in_scope(is_list_item, bounds_item);
    case Tag::kDt:
    case Tag::kDd:
      return close_in_scope(is_description, bounds_item);
    case Tag::kTd:
    case Tag::kTh:
      return close_in_scope(is_table_cell, bounds_cell);
    case Tag::kTr:
      return close_in_scope(is_ended_by_row, bounds_row);
    case Tag::kTbody:
    case Tag::kThead:
    case Tag::kTfoot:
      return close_in_scope(is_ended_by_row_group, bounds_row_group);
    case Tag::kA:
      return close_in_scope(is_link, bounds_inline);
    case Tag::kOption:
      return close_in_scope(is_option, bounds_inline);
    case Tag::kOptgroup:
      close_in_scope(is_option, bounds_inline);
      return close_in_scope(is_option_group, bounds_inline);
    case Tag::kRt:
    case Tag::kRp:
      return close_in_scope(is_annotation, bounds_annotation);
    default:
      if (is_heading(tag)) close_in_scope(is_heading, bounds_inline);
  }
}

// The outermost, so that the result does not depend on what else was open: reading it again changes nothing.
void OpenElements::close_in_scope(bool (*wanted)(Tag), bool (*barrier)(Tag, uint8_t rank)) {
  size_t outermost = open_.size();
  for (size_t i = open_.size(); i-- > 0;) {
    if (wanted(open_[i].tag))
      outermost = i;
    else if (barrier(open_[i].tag, open_[i].rank))
      break;
  }
  close_down_to(outermost);
}

void OpenElements::close_down_to(size_t depth) {
  while (open_.size() > depth) {
    const Open closed = std::move(open_.back());
    open_.pop_back();
    paragraphs_ -= closed.tag == Tag::kP;
    events_.close(closed.tag,
                  closed.tag == Tag::kUnknown ? std::string_view(closed.name) : tag_name(closed.tag));
  }
}

} // namespace circuit::text
