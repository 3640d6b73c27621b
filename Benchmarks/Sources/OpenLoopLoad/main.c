// Asks a token endpoint at a set rate, whatever it answers, and prints one line of JSON about what came back.
//
//   OpenLoopLoad --port PORT --rate PER_SECOND --seconds SECONDS (--bodies FILE | --sign KEY.pem --header JSON --claims JSON)
//                [--path PATH] [--connections COUNT] [--window SECONDS]
//
// Requests are planned ahead at even distances; a latency is counted from the planned moment, so that a server which
// stands still is not asked less and does not look better for it. A request for which no connection is free waits for
// one, and that wait counts. Each body of FILE, one a line, is sent once; with --sign each request carries a JWT grant
// of its own, signed by ES256 while the program runs: HEADER and CLAIMS are JSON objects, to the latter of which `iat`,
// `exp` and `jti` are added. --window tells the percentiles of each stretch of so many seconds as well.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define FORM "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
enum { LONGEST_ANSWER = 65536, LONGEST_REQUEST = 32768, LIFETIME = 100 };
static const double PATIENCE = 10; // seconds for the last answers

typedef struct {
    int socket;
    double planned; // when the request in flight should have been sent; 0: there is none
    size_t length;
    char answer[LONGEST_ANSWER];
} Connection;

typedef struct {
    float milliseconds;
    uint32_t window;
} Latency;

static struct {
    int port, connections;
    double rate, seconds, window;
    const char *path, *bodies, *key, *header, *claims;
} settings = {.port = 0, .connections = 64, .path = "/token"};

static Latency *latencies;
static size_t answered, tokens, refused, broken, planned_count;
static char first_refusal[512];
static FILE *bodies;
static EVP_PKEY *key;

static void die(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(2);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// MARK: What is sent

static char *base64url(char *to, const unsigned char *bytes, size_t count) {
    size_t length = (size_t)EVP_EncodeBlock((unsigned char *)to, bytes, (int)count);
    while (length > 0 && to[length - 1] == '=') length--;
    for (size_t place = 0; place < length; place++)
        to[place] = to[place] == '+' ? '-' : to[place] == '/' ? '_' : to[place];
    return to + length;
}

// A JWT grant as a form, signed now.
static size_t signed_body(char *body) {
    unsigned char random[16], der[128], raw[64];
    char claims[4096];
    size_t der_length = sizeof der;
    long time_now = (long)time(NULL);
    RAND_bytes(random, sizeof random);
    int count = snprintf(claims, sizeof claims, "%.*s,\"iat\":%ld,\"exp\":%ld,\"jti\":\"",
        (int)strlen(settings.claims) - 1, settings.claims, time_now, time_now + LIFETIME);
    for (size_t place = 0; place < sizeof random; place++) count += sprintf(claims + count, "%02x", random[place]);
    count += sprintf(claims + count, "\"}");
    strcpy(body, FORM);
    char *input = body + strlen(FORM);
    char *end = base64url(input, (const unsigned char *)settings.header, strlen(settings.header));
    *end++ = '.';
    end = base64url(end, (const unsigned char *)claims, (size_t)count);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1
        || EVP_DigestSign(context, der, &der_length, (unsigned char *)input, (size_t)(end - input)) != 1)
        die("cannot sign");
    EVP_MD_CTX_free(context);
    const unsigned char *cursor = der;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &cursor, (long)der_length);
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32);
    ECDSA_SIG_free(signature);
    *end++ = '.';
    return (size_t)(base64url(end, raw, sizeof raw) - body);
}

static size_t next_body(char *body) {
    if (key) return signed_body(body);
    if (!fgets(body, LONGEST_REQUEST, bodies)) die("the file of bodies is at its end: it needs a line a request");
    return strcspn(body, "\n");
}

static bool send_request(Connection *connection, double planned) {
    static char body[LONGEST_REQUEST], request[LONGEST_REQUEST + 512];
    size_t length = next_body(body);
    int head = sprintf(request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: %zu\r\n\r\n", settings.path, settings.port, length);
    memcpy(request + head, body, length);
    connection->planned = planned;
    connection->length = 0;
    // A request is far smaller than the socket's buffer, and nothing else is in it.
    return send(connection->socket, request, (size_t)head + length, MSG_NOSIGNAL) == (ssize_t)(head + (int)length);
}

// MARK: What comes back

static bool open_connection(Connection *connection, int poll) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)settings.port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0) return false;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poll, EPOLL_CTL_ADD, connection->socket, &event);
    connection->planned = 0;
    return true;
}

// Whether the answer is whole; its status goes into `status`.
static bool is_whole(Connection *connection, int *status) {
    char *answer = connection->answer;
    answer[connection->length] = 0;
    char *end = strstr(answer, "\r\n\r\n");
    if (!end || sscanf(answer, "HTTP/1.1 %d", status) != 1) return false;
    char *field = strcasestr(answer, "\r\ncontent-length:");
    size_t length = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    return connection->length >= (size_t)(end + 4 - answer) + length;
}

static void note_answer(Connection *connection, int status, double start) {
    latencies[answered].milliseconds = (float)((now() - connection->planned) * 1e3);
    latencies[answered].window =
        settings.window > 0 ? (uint32_t)((connection->planned - start) / settings.window) : 0;
    answered++;
    if (status == 200) {
        tokens++;
    } else if (refused++ == 0) {
        char *body = strstr(connection->answer, "\r\n\r\n");
        snprintf(first_refusal, sizeof first_refusal, "%d %.480s", status, body ? body + 4 : "");
    }
    connection->planned = 0;
}

// Whether the connection is free now.
static bool receive(Connection *connection, int poll, double start) {
    ssize_t count = recv(connection->socket, connection->answer + connection->length,
        LONGEST_ANSWER - 1 - connection->length, 0);
    if (count <= 0) {
        if (connection->planned > 0) broken++;
        close(connection->socket);
        if (!open_connection(connection, poll)) die("the server does not listen any more");
        return true;
    }
    if (connection->planned == 0) return false;
    connection->length += (size_t)count;
    int status = 0;
    if (!is_whole(connection, &status)) return false;
    note_answer(connection, status, start);
    return true;
}

// MARK: The run

static void sleep_until(int timer, double moment) {
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)moment, .tv_nsec = (long)((moment - (double)(time_t)moment) * 1e9)}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void run(void) {
    size_t count = (size_t)settings.connections, free_count = 0, sent = 0;
    Connection *connections = calloc(count, sizeof *connections), **idle = calloc(count, sizeof *idle);
    int poll = epoll_create1(EPOLL_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[64];
    epoll_ctl(poll, EPOLL_CTL_ADD, timer, &event);
    for (size_t place = 0; place < count; place++) {
        if (!open_connection(&connections[place], poll)) die("nothing listens there");
        idle[free_count++] = &connections[place];
    }
    double start = now() + 0.1, last = start + settings.seconds + PATIENCE;
    while (answered + broken < planned_count && now() < last) {
        double time = now();
        while (sent < planned_count && free_count > 0 && start + (double)sent / settings.rate <= time) {
            Connection *connection = idle[--free_count];
            double planned = start + (double)sent++ / settings.rate;
            // What cannot be sent is noticed when the connection is read.
            (void)send_request(connection, planned);
        }
        sleep_until(timer, sent < planned_count && free_count > 0 ? start + (double)sent / settings.rate : last);
        int ready = epoll_wait(poll, events, 64, -1);
        if (ready < 0 && errno != EINTR) die("epoll_wait failed");
        for (int place = 0; place < ready; place++) {
            Connection *connection = events[place].data.ptr;
            uint64_t ticks;
            if (!connection) {
                (void)!read(timer, &ticks, sizeof ticks);
                continue;
            }
            bool was_busy = connection->planned > 0;
            if (receive(connection, poll, start) && was_busy) idle[free_count++] = connection;
        }
    }
}

static int by_latency(const void *one, const void *other) {
    float left = ((const Latency *)one)->milliseconds, right = ((const Latency *)other)->milliseconds;
    return (left > right) - (left < right);
}

static int by_window(const void *one, const void *other) {
    uint32_t left = ((const Latency *)one)->window, right = ((const Latency *)other)->window;
    return left == right ? by_latency(one, other) : (left > right) - (left < right);
}

static double percentile(const Latency *sorted, size_t count, double share) {
    return count == 0 ? 0 : sorted[(size_t)((double)(count - 1) * share)].milliseconds;
}

static void print_windows(void) {
    qsort(latencies, answered, sizeof *latencies, by_window);
    printf(", \"windows\": [");
    for (size_t first = 0; first < answered;) {
        size_t end = first;
        while (end < answered && latencies[end].window == latencies[first].window) end++;
        printf("%s{\"answers\": %zu, \"p50_ms\": %.3f, \"p99_ms\": %.3f}", first ? ", " : "", end - first,
            percentile(latencies + first, end - first, 0.5), percentile(latencies + first, end - first, 0.99));
        first = end;
    }
    printf("]");
}

static void report(void) {
    qsort(latencies, answered, sizeof *latencies, by_latency);
    printf("{\"planned\": %zu, \"answered\": %zu, \"tokens\": %zu, \"refused\": %zu, \"broken\": %zu", planned_count,
        answered, tokens, refused, broken);
    double shares[] = {0.5, 0.9, 0.99, 0.999, 1};
    const char *names[] = {"p50_ms", "p90_ms", "p99_ms", "p999_ms", "max_ms"};
    for (int place = 0; place < 5; place++)
        printf(", \"%s\": %.3f", names[place], percentile(latencies, answered, shares[place]));
    if (settings.window > 0) print_windows();
    printf("}\n");
    if (refused) fprintf(stderr, "first refusal: %s\n", first_refusal);
}

static void read_settings(int count, char **arguments) {
    static const struct option options[] = {{"port", 1, 0, 'p'}, {"rate", 1, 0, 'r'}, {"seconds", 1, 0, 's'},
        {"bodies", 1, 0, 'b'}, {"sign", 1, 0, 'k'}, {"header", 1, 0, 'h'}, {"claims", 1, 0, 'c'},
        {"path", 1, 0, 'u'}, {"connections", 1, 0, 'n'}, {"window", 1, 0, 'w'}, {0}};
    for (int option; (option = getopt_long(count, arguments, "", options, NULL)) != -1;) {
        switch (option) {
        case 'p': settings.port = atoi(optarg); break;
        case 'r': settings.rate = atof(optarg); break;
        case 's': settings.seconds = atof(optarg); break;
        case 'b': settings.bodies = optarg; break;
        case 'k': settings.key = optarg; break;
        case 'h': settings.header = optarg; break;
        case 'c': settings.claims = optarg; break;
        case 'u': settings.path = optarg; break;
        case 'n': settings.connections = atoi(optarg); break;
        case 'w': settings.window = atof(optarg); break;
        default: die("usage: see the head of OpenLoopLoad/main.c");
        }
    }
    bool signs = settings.key && settings.header && settings.claims;
    if (settings.port <= 0 || settings.rate <= 0 || settings.seconds <= 0 || settings.connections <= 0
        || signs == (settings.bodies != NULL))
        die("needed: --port, --rate, --seconds, and either --bodies or --sign, --header and --claims");
}

int main(int count, char **arguments) {
    read_settings(count, arguments);
    if (settings.bodies && !(bodies = fopen(settings.bodies, "r"))) die("the file of bodies cannot be read");
    if (settings.key) {
        FILE *file = fopen(settings.key, "r");
        key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
        if (!key) die("the key cannot be read");
        fclose(file);
    }
    planned_count = (size_t)(settings.rate * settings.seconds);
    latencies = calloc(planned_count + (size_t)settings.connections, sizeof *latencies);
    run();
    report();
    return answered == planned_count && refused == 0 ? 0 : 1;
}
