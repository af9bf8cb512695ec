// Package web is how Sekisho speaks HTTP: faults become statuses in one place,
// bodies are read by one strict decoder, headers, limits, logging and metrics
// are the same for every route, and the server starts and stops in good order.
package web
