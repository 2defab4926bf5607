#include "feeds/rss/xml_feed.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "feeds/rss/ascii.h"
#include "feeds/rss/elements.h"
#include "feeds/rss/handlers.h"
#include "feeds/rss/raw_storage.h"
#include "feeds/rss/references.h"
#include "feeds/rss/xml_prolog.h"
#include "feeds/rss/xml_tree.h"
#include "ingest/text/url.h"

namespace circuit::feeds::rss {
namespace {

constexpr size_t kLargestInternalSubset = 64 * 1024;

bool is_html_root(std::string_view root, std::string_view doctype) {
  constexpr auto kHtmlRoots = std::to_array<std::string_view>(
      {"html", "head", "body", "meta", "script", "div", "p", "table", "center", "font", "h1", "a"});
  const bool known = std::any_of(kHtmlRoots.begin(), kHtmlRoots.end(),
                                 [&](std::string_view name) { return equals_ignoring_case(name, root); });
  return known || starts_with_ignoring_case(doctype, "<!doctype html");
}

Error is_html_error(const ParseOptions& options) {
  return make_error(ErrorClass::kInvalid, "RSS_IS_HTML",
                    "the body" +
                        (options.url.empty() ? std::string() : " at " + text::loggable_url(options.url)) +
                        " is an HTML page, not a feed",
                    "Give the URL of the feed itself; the page may name it in a <link rel=\"alternate\">.");
}

Error not_a_feed_error(std::string_view root) {
  const std::string found =
      root.empty() ? "has no element" : "has the root element <" + std::string(root.substr(0, 64)) + ">";
  return make_error(ErrorClass::kInvalid, "RSS_NOT_A_FEED",
                    "the document " + found + ", which belongs to no feed format",
                    "Give the URL of an RSS, Atom, RDF, CDF or JSON feed.");
}

bool is_feed_root(std::string_view name) {
  constexpr auto kRoots = std::to_array<std::string_view>({"rss", "feed", "rdf", "channel"});
  const std::string_view local = local_part(name);
  return std::any_of(kRoots.begin(), kRoots.end(),
                     [&](std::string_view r) { return equals_ignoring_case(r, local); });
}

pugi::xml_node find_root(const XmlTree& tree) {
  for (const pugi::xml_node node : tree.document.children()) {
    if (node.type() == pugi::node_element && is_feed_root(node.name())) return node;
  }
  return {};
}

std::string_view attribute_of(pugi::xml_node element, std::string_view name) {
  for (const pugi::xml_attribute attribute : element.attributes()) {
    if (equals_ignoring_case(attribute.name(), name)) return trim(attribute.value());
  }
  return {};
}

std::string rss_version(pugi::xml_node root, std::string_view doctype) {
  const std::string_view version = attribute_of(root, "version");
  if (version == "0.90") return "rss090";
  if (version == "0.91")
    return find_ignoring_case(doctype, "netscape") != std::string_view::npos ? "rss091n" : "rss091u";
  if (version == "0.92") return "rss092";
  if (version == "0.93") return "rss093";
  if (version == "0.94") return "rss094";
  return version.starts_with("2") ? "rss20" : "rss";
}

std::string atom_version(pugi::xml_node root) {
  const std::string_view version = attribute_of(root, "version");
  if (version == "0.1") return "atom01";
  if (version == "0.2") return "atom02";
  if (version == "0.3") return "atom03";
  // The namespace of the root itself, whatever its prefix.
  const std::string_view name = root.name();
  const size_t colon = name.find(':');
  const std::string declaration =
      colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
  const std::string_view known = version_of_uri(attribute_of(root, declaration));
  return known.starts_with("atom") ? std::string(known) : "atom";
}

std::string rdf_version(pugi::xml_node root) {
  for (const pugi::xml_attribute attribute : root.attributes()) {
    if (!std::string_view(attribute.name()).starts_with("xmlns")) continue;
    const std::string_view version = version_of_uri(attribute.value());
    if (version.starts_with("rss")) return std::string(version);
  }
  return "rss";
}

std::string version_of(pugi::xml_node root, std::string_view doctype) {
  const std::string_view local = local_part(root.name());
  if (equals_ignoring_case(local, "feed")) return atom_version(root);
  if (equals_ignoring_case(local, "rdf")) return rdf_version(root);
  if (local == "CHANNEL" || !attribute_of(root, "href").empty()) return "cdf";
  return rss_version(root, doctype);
}

// pugixml gives an in-place tree no more than a look at the document type; what it must not see is blanked.
void take_doctype(RawStorage& storage, const Prolog& prolog, References& references, std::string& doctype) {
  if (prolog.doctype.empty()) return;
  doctype = prolog.doctype.substr(0, 512);
  if (prolog.internal_subset.size() <= kLargestInternalSubset) {
    references.declare(store(storage.arena, prolog.internal_subset));
  }
  const auto start = static_cast<size_t>(prolog.doctype.data() - storage.body.data());
  std::memset(storage.body.data() + start, ' ', prolog.doctype.size());
}

// Not fewer than the items that this holds, and about as many.
size_t count_children(pugi::xml_node container) {
  size_t count = 0;
  for (pugi::xml_node child = container.first_child(); exists(child); child = child.next_sibling()) ++count;
  return count;
}

Scope outermost_scope(RawStorage& storage, const ParseOptions& options) {
  Scope scope;
  std::string base = options.url;
  if (!options.content_location.empty()) base = text::resolve_url(options.url, options.content_location);
  scope.base = store(storage.arena, base);
  return scope;
}

// What only shows once an entry is whole.
void finish(RawFeed& out) {
  for (Entry& entry : out.entries) {
    const bool is_url = entry.id.starts_with("http://") || entry.id.starts_with("https://");
    if (entry.link.empty() && entry.id_is_permalink && is_url) entry.link = entry.id;
  }
}

void read_root(Parsing& parsing, const ParseOptions& options, pugi::xml_node root) {
  RawFeed& out = parsing.out;
  const Scope outermost = outermost_scope(*out.storage, options);
  const Scope scope = parsing.reader.enter(outermost, root);
  const size_t children = count_children(root);
  out.entries.reserve(children > 1 ? children : count_children(root.first_child()));
  out.feed.language = scope.language;
  Target target{.meta = out.feed, .source = &out.feed, .feed = &out.feed};
  if (equals_ignoring_case(local_part(root.name()), "channel")) {
    on_channel(parsing, scope, root, target);
  } else {
    read_children(parsing, scope, root, target);
  }
  if (out.feed.language.empty())
    out.feed.language = store(out.storage->arena, trim(options.content_language));
}

} // namespace

Result<void> parse_xml_feed(RawFeed& out, const ParseOptions& options,
                            const std::function<std::string()>& pristine) {
  RawStorage& storage = *out.storage;
  const XmlLimits limits{options.max_depth, options.max_elements};
  References references(storage.arena);
  std::string doctype;
  const auto prepare = [&] {
    const Prolog prolog = read_prolog(storage.body);
    const bool html = is_html_root(prolog.root, prolog.doctype);
    take_doctype(storage, prolog, references, doctype);
    return !html;
  };
  if (!prepare()) return is_html_error(options);

  XmlTree tree;
  Result<bool> strict = parse_strictly(storage.body, limits, tree);
  if (!strict) return std::move(strict).error();
  if (!*strict) {
    storage.body = pristine();
    prepare();
    const std::string original = std::move(storage.body);
    Result<void> repaired = parse_repaired(storage.body, original, limits, tree);
    if (!repaired) return repaired;
  }
  const pugi::xml_node root = find_root(tree);
  if (!root) return not_a_feed_error(tree.document.document_element().name());

  out.complete_document = tree.whole;
  std::move(tree.problems.begin(), tree.problems.end(), std::back_inserter(out.problems));
  out.version = version_of(root, doctype);
  Parsing parsing{out, XmlReader(storage.arena, references), {}};
  read_root(parsing, options, root);
  if (tree.cut_inside_item && !out.entries.empty()) out.entries.back().incomplete = true;
  finish(out);
  return {};
}

} // namespace circuit::feeds::rss
