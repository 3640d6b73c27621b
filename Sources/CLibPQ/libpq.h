/*
 * The part of libpq's C interface that portvakt uses (PostgreSQL 15, chapter 34), declared here as types of functions:
 * the library is opened at run time, so nothing is linked and the program starts where it is not installed.
 *
 * libpq.so.5 has kept these since PostgreSQL 14; values of enumerations are fixed by its documentation of compatibility.
 */
#ifndef PORTVAKT_LIBPQ_H
#define PORTVAKT_LIBPQ_H

#include <stddef.h>

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef unsigned int PQOid;

/* ConnStatusType: only these two end a connection's making. */
enum { PQ_CONNECTION_OK = 0, PQ_CONNECTION_BAD = 1 };

/* PostgresPollingStatusType */
enum { PQ_POLLING_FAILED = 0, PQ_POLLING_READING = 1, PQ_POLLING_WRITING = 2, PQ_POLLING_OK = 3 };

/* ExecStatusType */
enum {
    PQ_EMPTY_QUERY = 0,
    PQ_COMMAND_OK = 1,
    PQ_TUPLES_OK = 2,
    PQ_COPY_OUT = 3,
    PQ_COPY_IN = 4,
    PQ_BAD_RESPONSE = 5,
    PQ_NONFATAL_ERROR = 6,
    PQ_FATAL_ERROR = 7,
    PQ_COPY_BOTH = 8,
    PQ_SINGLE_TUPLE = 9,
    PQ_PIPELINE_SYNC = 10,
    PQ_PIPELINE_ABORTED = 11
};

/* Codes of fields of an error report (PG_DIAG_...). */
enum { PQ_DIAG_SQLSTATE = 'C', PQ_DIAG_MESSAGE_PRIMARY = 'M', PQ_DIAG_CONSTRAINT_NAME = 'n' };

typedef struct PQNotify {
    char *relname;
    int be_pid;
    char *extra;
    struct PQNotify *next;
} PQNotify;

typedef struct PQConninfoOption {
    char *keyword;
    char *envvar;
    char *compiled;
    char *val;
    char *label;
    char *dispchar;
    int dispsize;
} PQConninfoOption;

typedef void (*PQNoticeReceiver)(void *argument, const PGresult *result);

typedef PGconn *(*PQconnectStartParams_t)(const char *const *keywords, const char *const *values, int expand);
typedef int (*PQconnectPoll_t)(PGconn *connection);
typedef int (*PQstatus_t)(const PGconn *connection);
typedef char *(*PQerrorMessage_t)(const PGconn *connection);
typedef int (*PQsocket_t)(const PGconn *connection);
typedef void (*PQfinish_t)(PGconn *connection);
typedef int (*PQsetnonblocking_t)(PGconn *connection, int isNonBlocking);
typedef int (*PQserverVersion_t)(const PGconn *connection);
typedef int (*PQsslInUse_t)(PGconn *connection);
typedef PQNoticeReceiver (*PQsetNoticeReceiver_t)(PGconn *connection, PQNoticeReceiver receiver, void *argument);
typedef int (*PQflush_t)(PGconn *connection);
typedef int (*PQconsumeInput_t)(PGconn *connection);
typedef int (*PQisBusy_t)(PGconn *connection);
typedef PGresult *(*PQgetResult_t)(PGconn *connection);
typedef PQNotify *(*PQnotifies_t)(PGconn *connection);
typedef void (*PQfreemem_t)(void *memory);
typedef int (*PQsendQuery_t)(PGconn *connection, const char *text);
typedef int (*PQsendPrepare_t)(
    PGconn *connection, const char *name, const char *query, int count, const PQOid *types);
typedef int (*PQsendQueryParams_t)(
    PGconn *connection, const char *command, int count, const PQOid *types, const char *const *values,
    const int *lengths, const int *formats, int resultFormat);
typedef int (*PQsendQueryPrepared_t)(
    PGconn *connection, const char *name, int count, const char *const *values, const int *lengths,
    const int *formats, int resultFormat);
typedef int (*PQenterPipelineMode_t)(PGconn *connection);
typedef int (*PQexitPipelineMode_t)(PGconn *connection);
typedef int (*PQpipelineSync_t)(PGconn *connection);
typedef int (*PQresultStatus_t)(const PGresult *result);
typedef char *(*PQresultErrorField_t)(const PGresult *result, int field);
typedef int (*PQntuples_t)(const PGresult *result);
typedef int (*PQnfields_t)(const PGresult *result);
typedef PQOid (*PQftype_t)(const PGresult *result, int column);
typedef int (*PQgetisnull_t)(const PGresult *result, int row, int column);
typedef int (*PQgetlength_t)(const PGresult *result, int row, int column);
typedef char *(*PQgetvalue_t)(const PGresult *result, int row, int column);
typedef char *(*PQcmdTuples_t)(PGresult *result);
typedef char *(*PQcmdStatus_t)(PGresult *result);
typedef void (*PQclear_t)(PGresult *result);
typedef PQConninfoOption *(*PQconninfoParse_t)(const char *text, char **message);
typedef void (*PQconninfoFree_t)(PQConninfoOption *options);

#endif
