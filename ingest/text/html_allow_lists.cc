#include <algorithm>
#include <array>

#include "ingest/text/html_sanitize.h"

namespace circuit::text {
namespace {

// clang-format off
// Elements of HTML, past and present, that show or arrange content. Not here: what runs, frames, embeds or
// links in.
constexpr auto kElements = std::to_array<std::string_view>({
    "a", "abbr", "acronym", "address", "area", "article", "aside", "audio", "b", "bdi", "bdo", "big",
    "blockquote", "br", "button", "canvas", "caption", "center", "cite", "code", "col", "colgroup", "command",
    "data", "datagrid", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt", "em",
    "event-source", "fieldset", "figcaption", "figure", "font", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hgroup", "hr", "i", "img", "input", "ins", "kbd", "keygen", "label", "legend",
    "li", "m", "main", "map", "mark", "menu", "meter", "multicol", "nav", "nextid", "noscript", "ol",
    "optgroup", "option", "output", "p", "picture", "pre", "progress", "q", "rp", "rt", "ruby", "s", "samp",
    "search", "section", "select", "small", "sound", "source", "spacer", "span", "strike", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "time", "tr", "track", "tt",
    "u", "ul", "var", "video", "wbr",
});

constexpr auto kAttributes = std::to_array<std::string_view>({
    "abbr", "accept", "accept-charset", "accesskey", "action", "align", "alt", "autocomplete", "autofocus",
    "autoplay", "axis", "background", "balance", "bgcolor", "bgproperties", "border", "bordercolor",
    "bordercolordark", "bordercolorlight", "bottompadding", "cellpadding", "cellspacing", "ch", "challenge",
    "char", "charoff", "charset", "checked", "choff", "cite", "class", "clear", "color", "cols", "colspan",
    "compact", "contenteditable", "controls", "coords", "data", "datafld", "datapagesize", "datasrc",
    "datetime", "default", "delay", "dir", "disabled", "download", "draggable", "dynsrc", "enctype", "end",
    "face", "for", "form", "frame", "galleryimg", "gutter", "headers", "height", "hidden", "hidefocus",
    "high", "href", "hreflang", "hspace", "icon", "id", "inputmode", "ismap", "keytype", "label", "lang",
    "leftspacing", "list", "longdesc", "loop", "loopcount", "loopend", "loopstart", "low", "lowsrc", "max",
    "maxlength", "media", "method", "min", "multiple", "name", "nohref", "noshade", "nowrap", "open",
    "optimum", "pattern", "ping", "point-size", "poster", "pqg", "preload", "prompt", "radiogroup",
    "readonly", "rel", "repeat-max", "repeat-min", "replace", "required", "rev", "reversed", "rightspacing",
    "role", "rows", "rowspan", "rules", "scope", "selected", "shape", "size", "sizes", "span", "src",
    "srclang", "start", "step", "summary", "suppress", "tabindex", "target", "template", "title",
    "toppadding", "type", "unselectable", "urn", "usemap", "valign", "value", "variable", "volume", "vrml",
    "vspace", "width", "wrap", "xml:lang",
});

// MathML Core, without the elements that hold HTML or act.
constexpr auto kMathElements = std::to_array<std::string_view>(
    {"math",  "menclose", "merror",     "mfenced",  "mfrac",       "mi",     "mmultiscripts", "mn",
     "mo",    "mover",    "mpadded",    "mphantom", "mprescripts", "mroot",  "mrow",          "mspace",
     "msqrt", "mstyle",   "msub",       "msubsup",  "msup",        "mtable", "mtd",           "mtext",
     "mtr",   "munder",   "munderover", "none",     "semantics"});

constexpr auto kMathAttributes = std::to_array<std::string_view>(
    {"accent",       "accentunder",   "align",      "alttext",        "close",     "columnalign",
     "columnlines",  "columnspacing", "columnspan", "depth",          "dir",       "display",
     "displaystyle", "fence",         "fontstyle",  "fontweight",     "frame",     "height",
     "largeop",      "linethickness", "lspace",     "mathbackground", "mathcolor", "mathsize",
     "mathvariant",  "maxsize",       "minsize",    "movablelimits",  "notation",  "open",
     "rowalign",     "rowlines",      "rowspacing", "rowspan",        "rspace",    "scriptlevel",
     "separator",    "separators",    "stretchy",   "symmetric",      "voffset",   "width"});

// Shapes and text of SVG, without links, images, animation, styles, scripts and foreign content.
constexpr auto kSvgElements = std::to_array<std::string_view>(
    {"circle", "defs", "desc", "ellipse", "g", "line", "lineargradient", "marker", "path", "polygon",
     "polyline", "radialgradient", "rect", "stop", "svg", "switch", "text", "tspan"});

constexpr auto kSvgAttributes = std::to_array<std::string_view>({
    "class", "color", "cx", "cy", "d", "display", "dx", "dy", "fill", "fill-opacity", "fill-rule",
    "font-family", "font-size", "font-style", "font-weight", "fx", "fy", "gradienttransform", "gradientunits",
    "height", "id", "markerheight", "markerunits", "markerwidth", "offset", "opacity", "orient", "pathlength",
    "points", "preserveaspectratio", "r", "refx", "refy", "rotate", "rx", "ry", "spreadmethod", "stop-color",
    "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-anchor", "transform", "version", "viewbox",
    "visibility", "width", "x", "x1", "x2", "y", "y1", "y2",
});

constexpr auto kUrlAttributes = std::to_array<std::string_view>(
    {"action", "background", "challenge", "cite", "data", "datasrc", "dynsrc", "href", "icon", "longdesc",
     "lowsrc", "ping", "poster", "src", "template", "urn", "usemap", "vrml"});
// clang-format on

template <size_t N>
constexpr bool holds(const std::array<std::string_view, N>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

template <size_t N>
constexpr bool is_sorted(const std::array<std::string_view, N>& list) {
  return std::is_sorted(list.begin(), list.end());
}

static_assert(is_sorted(kElements) && is_sorted(kAttributes) && is_sorted(kUrlAttributes));
static_assert(is_sorted(kMathElements) && is_sorted(kMathAttributes));
static_assert(is_sorted(kSvgElements) && is_sorted(kSvgAttributes));

} // namespace

bool is_allowed_element(Vocabulary vocabulary, std::string_view name) {
  switch (vocabulary) {
    case Vocabulary::kMathMl:
      return holds(kMathElements, name);
    case Vocabulary::kSvg:
      return holds(kSvgElements, name);
    case Vocabulary::kHtml:
      break;
  }
  return holds(kElements, name);
}

bool is_allowed_attribute(Vocabulary vocabulary, std::string_view name) {
  switch (vocabulary) {
    case Vocabulary::kMathMl:
      return holds(kMathAttributes, name);
    case Vocabulary::kSvg:
      return holds(kSvgAttributes, name);
    case Vocabulary::kHtml:
      break;
  }
  return holds(kAttributes, name);
}

bool is_url_attribute(std::string_view name) { return holds(kUrlAttributes, name); }

bool is_resolved_attribute(Tag tag, std::string_view name) {
  switch (tag) {
    case Tag::kA:
    case Tag::kArea:
      return name == "href";
    case Tag::kBlockquote:
    case Tag::kDel:
    case Tag::kIns:
    case Tag::kQ:
      return name == "cite";
    case Tag::kForm:
      return name == "action";
    case Tag::kImg:
      return name == "src" || name == "longdesc" || name == "usemap" || name == "lowsrc";
    case Tag::kInput:
      return name == "src" || name == "usemap";
    case Tag::kAudio:
    case Tag::kSource:
    case Tag::kTrack:
      return name == "src";
    case Tag::kVideo:
      return name == "src" || name == "poster";
    default:
      return false;
  }
}

} // namespace circuit::text
