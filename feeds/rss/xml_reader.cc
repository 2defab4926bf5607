#include "feeds/rss/xml_reader.h"

#include <algorithm>
#include <cstring>

#include "feeds/rss/ascii.h"
#include "feeds/rss/base64.h"
#include "feeds/rss/inline_markup.h"
#include "feeds/rss/quick_date.h"
#include "feeds/rss/xml_tree.h"
#include "ingest/text/charset.h"
#include "ingest/text/dates.h"
#include "ingest/text/url.h"

namespace circuit::feeds::rss {
namespace {

constexpr size_t kMostBindings = 256;
constexpr size_t kLongestBase = 4096;
constexpr size_t kMostResolvedBytes = 64 << 20;

// Whether there is an element among this node and its later siblings.
bool has_element(pugi::xml_node first) {
  for (pugi::xml_node child = first; exists(child); child = child.next_sibling()) {
    if (child.type() == pugi::node_element) return true;
  }
  return false;
}

bool is_markup_type(std::string_view type) { return type.ends_with("/xml") || type.ends_with("+xml"); }

// Atom 1.0, section 4.1.3.3: a MIME type that is neither text nor XML comes in base64. Atom 0.3 says
// mode="base64".
bool is_base64(std::string_view mode, std::string_view type) {
  if (!mode.empty()) return equals_ignoring_case(mode, "base64");
  return type.find('/') != std::string_view::npos && !type.starts_with("text/") && !is_markup_type(type);
}

// The length of "scheme:", or 0 where the reference has none.
size_t scheme_length(std::string_view reference) {
  if (reference.empty() || !is_letter(reference.front())) return 0;
  for (size_t i = 1; i < reference.size(); ++i) {
    const char c = reference[i];
    if (c == ':') return i + 1;
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return 0;
  }
  return 0;
}

bool is_script(std::string_view scheme) {
  return equals_ignoring_case(scheme, "javascript:") || equals_ignoring_case(scheme, "vbscript:") ||
         equals_ignoring_case(scheme, "data:");
}

// Whether some byte is a space or a control character; eight at a time, as every URL is asked.
bool has_space(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if (((word - kOnes * 0x21) & ~word & kHigh) != 0) return true;
  }
  for (; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) <= 0x20) return true;
  }
  return false;
}

} // namespace

std::string_view mime_type_of(std::string_view type, std::string_view otherwise) {
  if (type.empty()) return otherwise;
  if (equals_ignoring_case(type, "text")) return kPlainType;
  if (equals_ignoring_case(type, "html")) return kHtmlType;
  if (equals_ignoring_case(type, "xhtml")) return kXhtmlType;
  return type;
}

Scope XmlReader::enter(const Scope& outer, pugi::xml_node element) {
  pugi::xml_attribute attribute = element.first_attribute();
  if (!exists(attribute)) return outer;
  Scope scope = outer;
  bindings_.resize(outer.bindings);
  for (; exists(attribute); attribute = attribute.next_attribute()) {
    const std::string_view name = attribute.name();
    if (name.starts_with("xmlns")) {
      if ((name.size() == 5 || name[5] == ':') && bindings_.size() < kMostBindings) {
        const std::string_view prefix = name.substr(std::min<size_t>(6, name.size()));
        const Ns ns = namespace_of_uri(attribute.value());
        // A default namespace that nobody knows is a feed's own idea of its dialect: its elements mean what
        // they say.
        bindings_.push_back({prefix, prefix.empty() && ns == Ns::kUnknown ? Ns::kCore : ns});
      }
    } else if (name == "xml:lang" || name == "lang") {
      scope.language = attribute.value();
      if (scope.language.find('_') != std::string_view::npos) {
        scratch_ = scope.language;
        std::replace(scratch_.begin(), scratch_.end(), '_', '-');
        scope.language = keep(scratch_);
      }
    } else if (name == "xml:base" || name == "base") {
      const std::string_view base = resolve(outer, trim(attribute.value()));
      if (!base.empty() && base.size() <= kLongestBase) scope.base = base;
    }
  }
  if (bindings_.size() != outer.bindings) {
    scope.bindings = static_cast<uint32_t>(bindings_.size());
    scope.declarations = ++declarations_;
  }
  return scope;
}

Ns XmlReader::namespace_of(const Scope& scope, std::string_view prefix) const {
  for (size_t i = scope.bindings; i > 0; --i) {
    if (bindings_[i - 1].prefix == prefix) return bindings_[i - 1].ns;
  }
  return prefix.empty() ? Ns::kCore : namespace_of_prefix(prefix);
}

Name XmlReader::name_of(const Scope& scope, std::string_view full) const {
  const size_t colon = full.find(':');
  if (colon == std::string_view::npos) {
    return {scope.bindings == 0 ? Ns::kCore : namespace_of(scope, {}), full, {}};
  }
  const std::string_view prefix = full.substr(0, colon);
  return {namespace_of(scope, prefix), full.substr(colon + 1), prefix};
}

std::string_view XmlReader::attribute(pugi::xml_node element, std::string_view name) {
  for (pugi::xml_attribute a = element.first_attribute(); exists(a); a = a.next_attribute()) {
    if (equals_ignoring_case(local_part(a.name()), name)) return attribute_value(a.value());
  }
  return {};
}

// Attributes may be read again, so they are not decoded in place.
std::string_view XmlReader::attribute_value(std::string_view raw) {
  const std::string_view value = trim(raw);
  if (value.find('&') == std::string_view::npos) return value;
  scratch_.clear();
  references_.append_decoded(scratch_, value);
  return keep(scratch_);
}

Attributes XmlReader::attributes(pugi::xml_node element) {
  Attributes found;
  found.reader_ = this;
  for (pugi::xml_attribute a = element.first_attribute(); exists(a); a = a.next_attribute()) {
    if (found.count_ == Attributes::kMost) break;
    const std::string_view name = a.name();
    if (!name.starts_with("xmlns")) found.all_[found.count_++] = {name, a.value()};
  }
  return found;
}

std::string_view Attributes::get(std::string_view name) {
  for (size_t i = 0; i < count_; ++i) {
    if (equals_ignoring_case(local_part(all_[i].name), name)) return value(i);
  }
  return {};
}

std::string_view Attributes::value(size_t i) { return reader_->attribute_value(all_[i].raw); }

std::string_view XmlReader::text(pugi::xml_node element) { return text_from(element, element.first_child()); }

// All text directly below the element. The common case is one piece, which needs no copy.
std::string_view XmlReader::text_from(pugi::xml_node element, pugi::xml_node first_child) {
  const std::string_view own = element.value();
  if (!exists(first_child)) return trim(references_.decode(trim(own)));
  if (own.empty() && first_child.type() == pugi::node_cdata && !exists(first_child.next_sibling())) {
    return trim(first_child.value());
  }
  scratch_.clear();
  references_.append_decoded(scratch_, own);
  for (pugi::xml_node piece = first_child; exists(piece); piece = piece.next_sibling()) {
    if (piece.type() == pugi::node_cdata) scratch_ += std::string_view(piece.value());
    if (piece.type() == pugi::node_pcdata) references_.append_decoded(scratch_, piece.value());
  }
  return keep(trim(scratch_));
}

std::string_view XmlReader::inline_markup(const Scope& scope, pugi::xml_node element, bool unwrap_div) {
  std::string markup; // not scratch_: entering the elements inside uses that
  append_inline_markup(markup, *this, scope, element, unwrap_div);
  return keep(trim(markup));
}

Text XmlReader::construct(const Scope& scope, pugi::xml_node element, const TextRule& rule) {
  Text out;
  out.language = scope.language;
  out.base = scope.base;
  out.type_is_guess = rule.type_is_guess;
  std::string_view type, mode;
  if (exists(element.first_attribute())) {
    Attributes found = attributes(element);
    type = found.get("type");
    mode = found.get("mode");
    out.source = resolve(scope, found.get("src"));
  }
  out.type = mime_type_of(type, rule.type);
  const pugi::xml_node first_child = element.first_child();
  if (has_element(first_child) || (out.type == kXhtmlType && first_child.type() != pugi::node_cdata)) {
    if (!is_markup_type(out.type)) out.type = kXhtmlType;
    out.value = inline_markup(scope, element, rule.unwrap_div && out.type == kXhtmlType);
    return out;
  }
  out.value = text_from(element, first_child);
  if (!is_base64(mode, type)) return out;
  const std::optional<std::string> decoded = decode_base64(out.value);
  if (decoded && text::is_valid_utf8(*decoded)) out.value = keep(trim(*decoded));
  return out;
}

Date XmlReader::date_of(std::string_view text) {
  Date date;
  date.text = text;
  date.time = read_quick_date(text);
  if (!date.time && !text.empty()) date.time = text::parse_date(text);
  return date;
}

std::string_view XmlReader::resolve(const Scope& scope, std::string_view reference) {
  if (reference.empty()) return {};
  if (is_web_url(reference) && !has_space(reference)) return reference;
  const size_t scheme = scheme_length(reference);
  if (scheme != 0) {
    if (is_script(reference.substr(0, scheme))) return {};
    if (!has_space(reference)) return reference;
  } else if (scope.base.empty()) {
    return reference;
  }
  // A long base and many short links would take memory without end.
  if (resolved_bytes_ > kMostResolvedBytes) return reference;
  const std::string_view resolved = keep(text::resolve_url(scope.base, reference));
  resolved_bytes_ += resolved.size();
  return resolved;
}

} // namespace circuit::feeds::rss
