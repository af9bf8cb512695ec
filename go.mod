module github.com/sekisho/sekisho

go 1.26.0

ignore ./node_modules

require github.com/google/uuid v1.6.0
