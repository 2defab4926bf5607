#pragma once
// The elements of HTML, and what the parser has to know of each. Private to this folder. Pure functions; any
// thread.

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace circuit::text {

// In the order of the table in html_tags.cc.
enum class Tag : uint8_t {
  kUnknown,
  kA,
  kAbbr,
  kAcronym,
  kAddress,
  kApplet,
  kArea,
  kArticle,
  kAside,
  kAudio,
  kB,
  kBase,
  kBasefont,
  kBdi,
  kBdo,
  kBgsound,
  kBig,
  kBlink,
  kBlockquote,
  kBody,
  kBr,
  kButton,
  kCanvas,
  kCaption,
  kCenter,
  kCite,
  kCode,
  kCol,
  kColgroup,
  kCommand,
  kData,
  kDatalist,
  kDd,
  kDel,
  kDetails,
  kDfn,
  kDialog,
  kDir,
  kDiv,
  kDl,
  kDt,
  kEm,
  kEmbed,
  kFieldset,
  kFigcaption,
  kFigure,
  kFont,
  kFooter,
  kForm,
  kFrame,
  kFrameset,
  kH1,
  kH2,
  kH3,
  kH4,
  kH5,
  kH6,
  kHead,
  kHeader,
  kHgroup,
  kHr,
  kHtml,
  kI,
  kIframe,
  kImg,
  kInput,
  kIns,
  kKbd,
  kKeygen,
  kLabel,
  kLegend,
  kLi,
  kLink,
  kMain,
  kMap,
  kMark,
  kMarquee,
  kMath,
  kMenu,
  kMeta,
  kMeter,
  kNav,
  kNobr,
  kNoembed,
  kNoframes,
  kNoscript,
  kObject,
  kOl,
  kOptgroup,
  kOption,
  kOutput,
  kP,
  kParam,
  kPicture,
  kPlaintext,
  kPre,
  kProgress,
  kQ,
  kRp,
  kRt,
  kRuby,
  kS,
  kSamp,
  kScript,
  kSearch,
  kSection,
  kSelect,
  kSlot,
  kSmall,
  kSource,
  kSpan,
  kStrike,
  kStrong,
  kStyle,
  kSub,
  kSummary,
  kSup,
  kSvg,
  kTable,
  kTbody,
  kTd,
  kTemplate,
  kTextarea,
  kTfoot,
  kTh,
  kThead,
  kTime,
  kTitle,
  kTr,
  kTrack,
  kTt,
  kU,
  kUl,
  kVar,
  kVideo,
  kWbr,
  kXmp,
};

struct TagTraits {
  bool is_void : 1 = false;        // never has content
  bool is_block : 1 = false;       // begins and ends a line of its own
  bool closes_p : 1 = false;       // its start ends an open paragraph
  bool is_raw : 1 = false;         // content is text up to its end tag, without markup or references
  bool is_escapable : 1 = false;   // the same, with references
  bool is_transparent : 1 = false; // html, head, body: structure that a fragment does not have
  uint8_t rank = 0;                // an end tag does not reach across an open element of higher rank
};

// `name` in lower case; kUnknown for all that HTML does not define (or no longer).
Tag tag_of(std::string_view name);
std::string_view tag_name(Tag tag); // empty for kUnknown
TagTraits traits_of(Tag tag);

constexpr bool is_one_of(Tag tag, std::initializer_list<Tag> tags) {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

constexpr bool is_heading(Tag tag) { return tag >= Tag::kH1 && tag <= Tag::kH6; }

} // namespace circuit::text
