#pragma once
// Reads elements of a parsed tree into views: names by namespace, attributes, text, text constructs, URLs,
// dates, persons. Private to this folder. One thread.
//
// An element's text may be read once only: decoding happens in place.

#include <array>
#include <memory_resource>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/rss/namespaces.h"
#include "feeds/rss/raw.h"
#include "feeds/rss/raw_storage.h"
#include "feeds/rss/references.h"

namespace circuit::feeds::rss {

// What an element inherits from the ones around it.
struct Scope {
  std::string_view language;
  std::string_view base;
  uint32_t bindings = 0;     // how many of the reader's namespace bindings are in force
  uint32_t declarations = 0; // which ones: equal numbers of one reader mean equal bindings
};

class XmlReader;

struct Name {
  Ns ns = Ns::kCore;
  std::string_view local;  // in the case of the document
  std::string_view prefix; // as written
};

// The attributes of one element by local name, for handlers that ask for several. Views and decoded values as
// XmlReader::attribute gives them.
class Attributes {
 public:
  // Empty where absent. `name` is lower case.
  std::string_view get(std::string_view name);

  // All but namespace declarations, in document order.
  size_t size() const { return count_; }
  std::string_view name(size_t i) const { return all_[i].name; }
  std::string_view value(size_t i);

 private:
  friend class XmlReader;
  static constexpr size_t kMost = 16; // no element of a feed has more; what there is beyond is not seen
  struct One {
    std::string_view name, raw;
  };
  XmlReader* reader_ = nullptr;
  std::array<One, kMost> all_;
  size_t count_ = 0;
};

// How a text construct is to be taken where its own attributes do not say.
struct TextRule {
  std::string_view type;      // the format's default
  bool type_is_guess = false; // HTML may come without being announced
  bool unwrap_div = false;    // Atom 1.0: the one <div> around XHTML is not part of it
};

class XmlReader {
 public:
  XmlReader(std::pmr::memory_resource& arena, References& references)
      : arena_(arena), references_(references) {}

  // The scope inside `element`. Scopes nest as the elements do: one is good until the scope around it enters
  // another.
  Scope enter(const Scope& outer, pugi::xml_node element);
  Name name_of(const Scope& scope, std::string_view qualified) const;
  Name name_of(const Scope& scope, pugi::xml_node element) const {
    return name_of(scope, std::string_view(element.name()));
  }
  Ns namespace_of(const Scope& scope, std::string_view prefix) const;

  // Decoded and trimmed; empty where absent. Names are compared without case and prefix, so "about" finds
  // rdf:about.
  std::string_view attribute(pugi::xml_node element, std::string_view name);
  Attributes attributes(pugi::xml_node element);
  std::string_view text(pugi::xml_node element);
  Text construct(const Scope& scope, pugi::xml_node element, const TextRule& rule);
  Date date(pugi::xml_node element) { return date_of(text(element)); }
  static Date date_of(std::string_view text);

  // `reference` made absolute. Empty for script URLs.
  std::string_view resolve(const Scope& scope, std::string_view reference);
  std::string_view url(const Scope& scope, pugi::xml_node element) { return resolve(scope, text(element)); }

  std::string_view keep(std::string_view text) { return store(arena_, text); }

  // A struct of the model that lives as long as the arena, and is never destroyed: all it owns is in the
  // arena too.
  template <class T>
  T* make() {
    return new (arena_.allocate(sizeof(T), alignof(T))) T(&arena_);
  }
  std::pmr::memory_resource& arena() { return arena_; }

 private:
  friend class Attributes;
  struct Binding {
    std::string_view prefix;
    Ns ns;
  };

  std::string_view attribute_value(std::string_view raw);
  std::string_view text_from(pugi::xml_node element, pugi::xml_node first_child);
  std::string_view inline_markup(const Scope& scope, pugi::xml_node element, bool unwrap_div);

  std::pmr::memory_resource& arena_;
  References& references_;
  std::vector<Binding> bindings_;
  uint32_t declarations_ = 0;
  size_t resolved_bytes_ = 0;
  std::string scratch_;
};

// "text", "html", "xhtml" as MIME types; others as they are; `otherwise` for none.
std::string_view mime_type_of(std::string_view type, std::string_view otherwise);

} // namespace circuit::feeds::rss
