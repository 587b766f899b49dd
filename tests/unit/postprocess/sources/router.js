"use strict";

const routes = [];

function pattern(path) {
  return new RegExp("^" + path.replace(/:\w+/g, "([^/]+)") + "$");
}

function register(method, path, handler) {
  routes.push({ method, expression: pattern(path), handler });
}

function dispatch(request, response) {
  for (const route of routes) {
    const match = route.expression.exec(request.url);
    if (route.method === request.method && match) {
      return route.handler(request, response, ...match.slice(1));
    }
  }
  response.statusCode = 404;
  response.end("nothing here");
  return undefined;
}

register("GET", "/users/:name", (request, response, name) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ name, visits: 1 }));
});

module.exports = { register, dispatch };
