<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context><name></name>
<message><source>Run</source><translation>运行</translation></message>
<message><source>one {n}</source><translation>一 {n}</translation></message>
</context>
</TS>
