#pragma once
// The HTTP behaviour of a document library, as JSON:
//
//   /folders/{id}/children?marker=M&size=N   a folder's contents, in pages; 403 where permission is lost, 410
//                                            for a marker that expired. `moves` counts moves, for those who
//                                            walk
//   /files/{id}                              one document; 404 deleted, 403 no permission, 422 unreadable
//   /changes?token=T&size=N                  without a token everything, in pages that end with a delta
//                                            token; with one what changed since, each as it is now; 410 for
//                                            one that expired
//
// One thread, that of the library, which must outlive this.

#include <string>

#include "tests/providers/library/world.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers::library {

class LibrarySimulator final : public SimulatedProvider {
 public:
  explicit LibrarySimulator(const Library& library) : library_(library) {}
  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;

 private:
  SimResponse children(const std::string& folder, const SimRequest& request,
                       std::optional<ContentFault> fault) const;
  SimResponse file(const std::string& id, std::optional<ContentFault> fault) const;
  SimResponse changes(const SimRequest& request, std::optional<ContentFault> fault) const;
  SimResponse everything(uint64_t since, std::string after, size_t size,
                         std::optional<ContentFault> fault) const;
  SimResponse changed(uint64_t since, size_t size, std::optional<ContentFault> fault) const;

  const Library& library_;
};

} // namespace circuit::providers::library
