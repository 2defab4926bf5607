// Titles, descriptions, contents: elements whose value is a text construct.
#include "feeds/rss/handlers.h"

namespace circuit::feeds::rss {
namespace {

// Atom says what its texts are. In RSS and CDF, HTML may stand where plain text is expected.
TextRule plain_rule(const Parsing& parsing) {
  const bool atom = parsing.out.version.starts_with("atom");
  return {.type = kPlainType, .type_is_guess = !atom, .unwrap_div = parsing.out.version == "atom10"};
}

TextRule html_rule(const Parsing& parsing) {
  return {.type = kHtmlType, .type_is_guess = false, .unwrap_div = parsing.out.version == "atom10"};
}

// A stated type is no guess.
Text read(Parsing& parsing, const Scope& scope, pugi::xml_node element, const TextRule& rule) {
  Text text = parsing.reader.construct(scope, element, rule);
  if (text.type != kPlainType) text.type_is_guess = false;
  return text;
}

// An entry that has a summary and a description has a summary and a content.
void set_summary(Target& target, const Text& text, Rank rank) {
  if (rank < target.summary_rank) {
    if (rank == Rank::kDescription && target.summary_rank == Rank::kOwn && target.entry != nullptr) {
      target.entry->contents.push_back(text);
    }
    return;
  }
  if (rank == Rank::kOwn && target.summary_rank == Rank::kDescription && target.entry != nullptr) {
    target.entry->contents.push_back(target.meta.summary);
  }
  target.meta.summary = text;
  target.summary_rank = rank;
}

void add_content(Target& target, const Text& text) {
  if (target.entry != nullptr) target.entry->contents.push_back(text);
}

} // namespace

// The first title counts: later ones belong to what the entry quotes.
void on_title(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.title_rank == Rank::kOwn) return;
  const Text title = read(parsing, scope, element, plain_rule(parsing));
  if (title.value.empty() && target.meta.title.present()) return;
  target.meta.title = title;
  if (!title.value.empty()) target.title_rank = Rank::kOwn;
}

void on_description(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const Text text = read(parsing, scope, element, html_rule(parsing));
  if (target.source != nullptr) {
    target.source->subtitle = text;
  } else {
    set_summary(target, text, Rank::kDescription);
  }
}

void on_abstract(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const Text text = read(parsing, scope, element, plain_rule(parsing));
  if (target.source != nullptr) {
    target.source->subtitle = text;
  } else {
    set_summary(target, text, Rank::kDescription);
  }
}

void on_summary(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  set_summary(target, read(parsing, scope, element, plain_rule(parsing)), Rank::kOwn);
}

void on_subtitle(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const Text text = read(parsing, scope, element, plain_rule(parsing));
  if (target.source != nullptr) {
    target.source->subtitle = text;
  } else if (!text.value.empty()) {
    target.meta.extensions.push_back({.name = "subtitle", .value = text.value});
  }
}

void on_info(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.feed != nullptr) target.feed->info = read(parsing, scope, element, plain_rule(parsing));
}

void on_rights(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  target.meta.rights = read(parsing, scope, element, plain_rule(parsing));
}

void on_content(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  add_content(target, read(parsing, scope, element, plain_rule(parsing)));
}

void on_html_content(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  add_content(target, read(parsing, scope, element, html_rule(parsing)));
}

void on_xhtml_content(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  add_content(target, read(parsing, scope, element, {.type = kXhtmlType}));
}

// In modules that repeat for players what the core elements say: taken where those say nothing.
void on_fallback_summary(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.summary_rank > Rank::kFallback) return;
  set_summary(target, read(parsing, scope, element, plain_rule(parsing)), Rank::kFallback);
}

void on_fallback_subtitle(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.source == nullptr || !target.source->subtitle.present())
    on_subtitle(parsing, scope, element, target);
}

void on_media_title(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.title_rank > Rank::kFallback) return;
  target.meta.title = read(parsing, scope, element, plain_rule(parsing));
  target.title_rank = Rank::kFallback;
}

void on_media_description(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  on_fallback_summary(parsing, scope, element, target);
}

} // namespace circuit::feeds::rss
