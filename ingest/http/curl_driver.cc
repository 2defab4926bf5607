#include "ingest/http/curl_driver.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <system_error>

#include "ingest/http/curl_transfer.h"
#include "ingest/http/curl_transport.h"

namespace circuit::http {
namespace {

uint32_t epoll_events(int what) {
  switch (what) {
    case CURL_POLL_IN:
      return EPOLLIN;
    case CURL_POLL_OUT:
      return EPOLLOUT;
    case CURL_POLL_INOUT:
      return EPOLLIN | EPOLLOUT;
    default:
      return 0;
  }
}

// An error or a hang-up is both: libcurl then reads what is left and finds the cause itself. CURL_CSELECT_ERR
// would make it give up before.
int curl_events(uint32_t events) {
  int mask = 0;
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) mask |= CURL_CSELECT_IN;
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) mask |= CURL_CSELECT_OUT;
  return mask;
}

CurlTransfer& owner(CURL* easy) {
  char* transfer = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
  return *reinterpret_cast<CurlTransfer*>(transfer);
}

} // namespace

CurlDriver::CurlDriver(SystemLoop& loop, const TransportOptions& options)
    : loop_(loop), multi_(curl_multi_init()) {
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlDriver::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlDriver::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, long{CURLPIPE_MULTIPLEX});
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, long{options.max_connections_per_host});
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, long{options.max_connections});
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, long{options.max_idle_connections});
  loop_.set_ticker(this);
}

CurlDriver::~CurlDriver() {
  while (!active_.empty()) {
    CurlTransfer& transfer = *active_.back();
    detach(transfer);
    transfer.close();
  }
  curl_multi_cleanup(multi_);
  for (size_t fd = 0; fd < sockets_.size(); ++fd) forget(static_cast<int>(fd));
  loop_.set_ticker(nullptr);
}

void CurlDriver::start(CurlTransfer& transfer) {
  transfer.index = active_.size();
  active_.push_back(&transfer);
  check_by(transfer.deadline());
  if (curl_multi_add_handle(multi_, transfer.easy()) == CURLM_OK) return;
  detach(transfer);
  transfer.finish(CURLE_OUT_OF_MEMORY);
}

void CurlDriver::abandon(CurlTransfer& transfer) {
  if (transfer.index != CurlTransfer::kNotActive) detach(transfer);
}

void CurlDriver::resume(CurlTransfer& transfer) {
  check_by(transfer.deadline());
  const CURLcode code = curl_easy_pause(transfer.easy(), CURLPAUSE_CONT);
  if (code == CURLE_OK) return;
  // It hands over what it held back, and that may have been too much; the transfer would not end by itself.
  abandon(transfer);
  transfer.finish(code);
}

curl_socket_t CurlDriver::open_socket(const curl_sockaddr& address) {
  const int fd = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  socket(fd).opened_here = true;
  return fd;
}

int CurlDriver::close_socket(void* driver, curl_socket_t fd) {
  static_cast<CurlDriver*>(driver)->forget(fd);
  return ::close(fd);
}

void CurlDriver::on_ready(int fd, uint32_t events) {
  if (socket(fd).wanted ==
      0) { // an idle connection was closed, or speaks unasked: libcurl looks when it next uses it
    const bool opened_here = socket(fd).opened_here;
    forget(fd);
    socket(fd).opened_here = opened_here;
    return;
  }
  int running = 0;
  curl_multi_socket_action(multi_, fd, curl_events(events), &running);
  collect_finished();
}

std::optional<SteadyTime> CurlDriver::due() const {
  if (!curl_due_ || (check_due_ && *check_due_ < *curl_due_)) return check_due_;
  return curl_due_;
}

void CurlDriver::tick() {
  const SteadyTime now = machine_steady_now();
  if (curl_due_ && *curl_due_ <= now) {
    curl_due_.reset();
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    collect_finished();
  }
  if (check_due_ && *check_due_ <= now && has_looked_once_more()) time_out_late(now);
}

// A process that was starved or stopped for a while finds its deadlines passed and its sockets full: what has
// arrived meanwhile is read first.
bool CurlDriver::has_looked_once_more() {
  constexpr size_t kSocketsPerTurn = 64;
  if (looks_left_ == 0) {
    looks_left_ = 1 + active_.size() / kSocketsPerTurn;
    return false;
  }
  return --looks_left_ == 0;
}

int CurlDriver::on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void*) {
  auto& driver = *static_cast<CurlDriver*>(self);
  try {
    driver.want(fd, epoll_events(what));
  } catch (const std::exception& e) {
    // No exception may cross libcurl, and an error code would end every transfer: this one ends in the next
    // turn.
    owner(easy).fail_soon(e.what());
    driver.check_by(SteadyTime{});
  }
  return 0;
}

int CurlDriver::on_timer(CURLM*, long milliseconds, void* driver) {
  auto& due = static_cast<CurlDriver*>(driver)->curl_due_;
  if (milliseconds < 0) {
    due.reset();
  } else if (milliseconds == 0) {
    due = SteadyTime{}; // in the next turn of the loop
  } else {
    due = machine_steady_now() + std::chrono::milliseconds(milliseconds);
  }
  return 0;
}

CurlDriver::Socket& CurlDriver::socket(int fd) {
  const auto index = static_cast<size_t>(fd);
  if (index >= sockets_.size()) sockets_.resize(index + 1);
  return sockets_[index];
}

void CurlDriver::want(int fd, uint32_t events) {
  Socket& entry = socket(fd);
  entry.wanted = events;
  if (events == 0) {
    if (!entry.opened_here) forget(fd);
  } else if (entry.registered != events) {
    loop_.watch(fd, events, this);
    entry.registered = events;
  }
}

void CurlDriver::forget(int fd) {
  Socket& entry = socket(fd);
  if (entry.registered != 0) loop_.unwatch(fd);
  entry = Socket{};
}

void CurlDriver::collect_finished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CurlTransfer& transfer = owner(message->easy_handle);
    detach(transfer);
    transfer.finish(code);
  }
}

void CurlDriver::time_out_late(SteadyTime now) {
  check_due_.reset();
  // Backwards: detach() moves the last one into the gap.
  for (size_t i = active_.size(); i-- > 0;) {
    CurlTransfer& transfer = *active_[i];
    const SteadyTime deadline = transfer.deadline();
    if (deadline > now) {
      check_by(deadline);
    } else {
      detach(transfer);
      transfer.time_out(now);
    }
  }
}

void CurlDriver::detach(CurlTransfer& transfer) {
  curl_multi_remove_handle(multi_, transfer.easy());
  active_[transfer.index] = active_.back();
  active_[transfer.index]->index = transfer.index;
  active_.pop_back();
  transfer.index = CurlTransfer::kNotActive;
}

void CurlDriver::check_by(SteadyTime deadline) {
  if (!check_due_ || deadline < *check_due_) check_due_ = deadline;
}

} // namespace circuit::http
