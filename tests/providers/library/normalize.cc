#include "tests/providers/library/normalize.h"

namespace circuit::providers::library {

circuit::feeds::v1::Document normalize(const RawDocument& raw, const std::string& base) {
  circuit::feeds::v1::Document document;
  document.set_external_id(raw.id);
  document.set_version(raw.etag);
  document.set_title(raw.name);
  document.set_text(raw.text);
  document.set_canonical_url(base + "/files/" + raw.id);
  for (const std::string& name : raw.path) document.add_path(name);
  return document;
}

} // namespace circuit::providers::library
