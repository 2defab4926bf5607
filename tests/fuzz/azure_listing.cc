// The input is an answer: a listing of blobs, of containers, or a refusal. One that is no listing is also
// tried inside of one.

#include "feeds/azure_blob/client.h"
#include "feeds/azure_blob/names.h"
#include "feeds/azure_blob/normalize.h"
#include "ingest/text/charset.h"
#include "ingest/text/percent.h"
#include "tests/fuzz/target.h"

namespace {

using namespace circuit;
using namespace circuit::feeds::azure_blob;

void check_blobs(std::string_view body) {
  const auto page = read_blobs(body);
  if (!page) return fuzz::require_clear(page.error());
  for (const Blob& blob : page->blobs) {
    fuzz::require(!blob.name.empty() && text::is_valid_utf8(blob.name), "a name is UTF-8 and not empty",
                  blob.name);
    fuzz::require(text::percent_decoded(path_of(blob.name)) == blob.name, "a path is read back", blob.name);
    const auto document = describe("docs", blob, "https://a.example/docs/" + path_of(blob.name));
    fuzz::require(document.external_id().starts_with("docs") && !document.title().empty(),
                  "a document is named");
    fuzz::require(!document.SerializeAsString().empty(), "a document can be written");
    fuzz::require(text::is_valid_utf8(version(blob)), "a version is UTF-8", blob.name);
  }
  const auto again = read_blobs(body);
  fuzz::require(again && again->blobs.size() == page->blobs.size(), "the same bytes give the same");
}

} // namespace

void circuit::fuzz::check_input(std::string_view input) {
  check_blobs(input);
  check_blobs("<EnumerationResults><Blobs>" + std::string(input) + "</Blobs></EnumerationResults>");
  const auto containers = read_containers(input);
  if (containers) {
    for (const auto& name : containers->names) require(is_container_name(name), "a container's name", name);
  } else {
    require_clear(containers.error());
  }
  http::Response response;
  response.status = 400 + static_cast<int>(input.size() % 120);
  response.body = std::string(input);
  require_clear(failure(response, "it", std::nullopt));
}
