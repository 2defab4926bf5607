#include "feeds/rss/xml_repair.h"

#include <algorithm>
#include <array>
#include <vector>

#include "feeds/rss/ascii.h"

namespace circuit::feeds::rss {
namespace {

constexpr auto kVoidHtml =
    std::to_array<std::string_view>({"br", "hr", "img", "wbr"}); // naked HTML in a description

bool is_void_html(std::string_view name) {
  return std::any_of(kVoidHtml.begin(), kVoidHtml.end(),
                     [&](std::string_view v) { return equals_ignoring_case(v, name); });
}

bool is_item(std::string_view name) {
  const size_t colon = name.find(':');
  if (colon != std::string_view::npos) name.remove_prefix(colon + 1);
  return equals_ignoring_case(name, "item") || equals_ignoring_case(name, "entry");
}

bool starts_name(char c) {
  return is_letter(c) || c == '_' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}
bool ends_name(char c) {
  return is_space(c) || c == '>' || c == '/' || c == '=' || c == '<' || c == '"' || c == '\'';
}

class Repairer {
 public:
  Repairer(std::string_view in, size_t max_depth) : in_(in), max_depth_(max_depth) {
    out_.reserve(in.size() + 256);
  }

  Repaired run() {
    while (at_ < in_.size() && !too_deep_) {
      const size_t markup = std::min(in_.find('<', at_), in_.size());
      out_.append(in_.substr(at_, markup - at_));
      at_ = markup;
      if (at_ < in_.size()) read_markup();
    }
    Repaired result;
    result.too_deep = too_deep_;
    result.cut_inside_item = ended_inside_item();
    close_down_to(0);
    result.document = std::move(out_);
    return result;
  }

 private:
  bool at(std::string_view what) const { return in_.compare(at_, what.size(), what) == 0; }

  // Behind `end`, or the end of the document, which then was cut inside this piece of markup.
  size_t behind(std::string_view end, size_t from) {
    const size_t found = in_.find(end, from);
    if (found != std::string_view::npos) return found + end.size();
    cut_in_markup_ = true;
    return in_.size();
  }

  void read_markup() {
    if (at("<!--")) {
      at_ = behind("-->", at_ + 4);
    } else if (at("<![CDATA[")) {
      const size_t end = behind("]]>", at_);
      out_.append(in_.substr(at_, end - at_));
      if (cut_in_markup_) out_ += "]]>";
      at_ = end;
    } else if (at("<?") || at("<!")) {
      at_ = behind(">", at_);
    } else if (at("</")) {
      read_end_tag();
    } else if (at_ + 1 < in_.size() && starts_name(in_[at_ + 1])) {
      read_start_tag();
    } else {
      out_ += "&lt;";
      ++at_;
    }
  }

  std::string_view read_name() {
    const size_t start = at_;
    while (at_ < in_.size() && !ends_name(in_[at_])) ++at_;
    return in_.substr(start, at_ - start);
  }

  void skip_space() {
    while (at_ < in_.size() && is_space(in_[at_])) ++at_;
  }

  void read_end_tag() {
    at_ += 2;
    const std::string_view name = read_name();
    while (at_ < in_.size() && in_[at_] != '>' && in_[at_] != '<') ++at_;
    if (at_ < in_.size() && in_[at_] == '>') ++at_;
    for (size_t depth = open_.size(); depth > 0; --depth) {
      if (!equals_ignoring_case(open_[depth - 1], name)) continue;
      close_down_to(depth - 1);
      return;
    }
  }

  void read_start_tag() {
    const size_t tag_start = out_.size();
    ++at_;
    const std::string_view name = read_name();
    close_unfinished_item(name);
    out_ += '<';
    out_ += name;
    const bool self_closing = read_attributes();
    if (at_ >= in_.size() && in_.back() != '>') { // cut inside the tag: there is no such element
      cut_in_markup_ = true;
      out_.resize(tag_start);
      return;
    }
    const bool empty = self_closing || is_void_html(name);
    out_ += empty ? "/>" : ">";
    if (!empty) open_.push_back(name);
    too_deep_ = open_.size() > max_depth_;
  }

  void close_unfinished_item(std::string_view name) {
    if (!is_item(name)) return;
    const auto same = std::find(open_.begin(), open_.end(), name);
    if (same != open_.end()) close_down_to(static_cast<size_t>(same - open_.begin()));
  }

  // Writes the attributes well-formed and moves behind the tag. Returns whether it closes itself.
  bool read_attributes() {
    while (true) {
      skip_space();
      if (at_ >= in_.size() || in_[at_] == '<') return false;
      if (in_[at_] == '>') {
        ++at_;
        return false;
      }
      if (in_[at_] == '/') {
        ++at_;
        if (at_ < in_.size() && in_[at_] == '>') {
          ++at_;
          return true;
        }
        continue;
      }
      const std::string_view name = read_name();
      if (name.empty()) {
        ++at_; // a quote or '=' out of place
        continue;
      }
      skip_space();
      std::string_view value = name; // an attribute without value, as HTML has them
      if (at_ < in_.size() && in_[at_] == '=') {
        ++at_;
        value = read_value();
      }
      if (starts_name(name.front())) write_attribute(name, value);
    }
  }

  std::string_view read_value() {
    skip_space();
    if (at_ >= in_.size()) return {};
    const char quote = in_[at_];
    if (quote != '"' && quote != '\'') {
      const size_t start = at_;
      while (at_ < in_.size() && !is_space(in_[at_]) && in_[at_] != '>' && in_[at_] != '<') ++at_;
      if (at_ > start && at_ < in_.size() && in_[at_] == '>' && in_[at_ - 1] == '/') --at_;
      return in_.substr(start, at_ - start);
    }
    const size_t start = ++at_;
    const size_t close = in_.find(quote, start);
    // A value that never ends, or runs on into another line's tags, lost its quote: it ends with its tag.
    const size_t tag_end = std::min(in_.find('>', start), in_.size());
    if (close == std::string_view::npos ||
        (close > tag_end && in_.substr(start, close - start).find('<') < close - start)) {
      at_ = tag_end;
      return in_.substr(start, tag_end - start);
    }
    at_ = close + 1;
    return in_.substr(start, close - start);
  }

  void write_attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    for (const char c : value) {
      if (c == '"') {
        out_ += "&quot;";
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  void close_down_to(size_t depth) {
    while (open_.size() > depth) {
      out_ += "</";
      out_ += open_.back();
      out_ += '>';
      open_.pop_back();
    }
  }

  bool ended_inside_item() const {
    const auto item = std::find_if(open_.begin(), open_.end(), is_item);
    return item != open_.end();
  }

  std::string_view in_;
  size_t max_depth_;
  size_t at_ = 0;
  std::string out_;
  std::vector<std::string_view> open_;
  bool too_deep_ = false;
  bool cut_in_markup_ = false;
};

} // namespace

Repaired repair_xml(std::string_view document, size_t max_depth) {
  return Repairer(document, max_depth).run();
}

} // namespace circuit::feeds::rss
