// Package server puts the parts of Sekisho together behind one HTTP handler.
package server
