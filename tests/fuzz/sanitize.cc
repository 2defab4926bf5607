// The first byte chooses the base and the bound, the rest is HTML.

#include <libxml/parser.h>

#include <memory>

#include "ingest/text/charset.h"
#include "ingest/text/html.h"
#include "tests/fuzz/html_shape.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

bool is_well_formed(const std::string& xml) {
  const std::unique_ptr<xmlDoc, void (*)(xmlDoc*)> document(
      xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, "UTF-8",
                    XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET | XML_PARSE_HUGE),
      xmlFreeDoc);
  return document != nullptr;
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const unsigned choice = in.byte();
  const std::string_view html = in.rest();
  text::HtmlOptions options;
  if ((choice & 1) != 0) options.base_url = "http://a.test/b/";
  if ((choice & 2) != 0) options.max_output_bytes = 16 + (choice >> 2) * 4;

  const std::string clean = text::sanitize_html(html, options);
  require(text::is_valid_utf8(clean), "what is sanitized is UTF-8", clean);
  require(clean.size() <= html.size() * 20 + 1000, "its size is bounded by the input's", clean);
  require(options.max_output_bytes == 0 || clean.size() <= options.max_output_bytes, "it keeps to its bound",
          clean);
  const auto danger = find_danger(clean);
  require(!danger, "what is sanitized can run nothing", danger.value_or("") + "\n" + clean);
  require(is_well_formed("<div>" + clean + "</div>"), "it is well-formed XML", clean);
  const std::string again = text::sanitize_html(clean, options);
  require(again == clean, "sanitizing again changes nothing", clean + "\n--- again ---\n" + again);
}

} // namespace circuit::fuzz
