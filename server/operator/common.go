package operator

// common are passwords that are tried first, in lower case.
var common = map[string]bool{}
