#pragma once
// Which hosts a request may go to. This layer judges what the URL says: the scheme, the host against the
// allow-list, an address written into the URL. Names are judged by the transport, on the address that it
// actually connects (CurlTransport), so that a name that resolves differently the second time gains nothing.

#include "ingest/http/address_kind.h"
#include "ingest/http/transport.h"

namespace circuit::http {

// Whether `host` is one of the exact names, or below one written "*.example.com". Case does not matter.
bool host_is_listed(std::string_view host, const std::vector<std::string>& allowed_hosts);

// PERMISSION ADDRESS_REFUSED, with what to do about it.
Error address_refused(const std::string& url, const std::string& address, AddressKind kind);

class EgressLayer final : public HttpTransport {
 public:
  explicit EgressLayer(HttpTransport& next) : next_(next) {}
  Task<Result<Response>> send(SharedRequest request) override;

 private:
  HttpTransport& next_;
};

} // namespace circuit::http
