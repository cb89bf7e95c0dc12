"""Measurements that anybody can make again; README.md lists them with their figures."""
