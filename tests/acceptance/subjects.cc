#include <iterator>

#include "tests/acceptance/subject.h"

namespace circuit::acceptance {

std::vector<SubjectCase> subjects() {
  std::vector<SubjectCase> all;
  for (auto&& some : {rss_subjects(), azure_blob_subjects(), github_subjects(), hubspot_forms_subjects()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

} // namespace circuit::acceptance
